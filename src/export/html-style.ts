/** How an exported page looks: light or dark as the reader's system is, and fit for paper. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--dim:#5b6470;--line:#d5dae1;--soft:#f4f6f8;--user:#0b5cad;--answer:#1a6b34;--tool:#8a4b00;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--bg:#14171b;--fg:#e4e7eb;--dim:#9aa4b0;--line:#333a43;--soft:#1d2228;--user:#7ab8ff;--answer:#7ed69a;--tool:#f0b56b;--bad:#ff8a80}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 4rem}
section+section{margin-top:4rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 1rem;overflow-wrap:anywhere}
h2{font-size:.85rem;font-weight:400;color:var(--dim);margin:0 0 .75rem;display:flex;flex-wrap:wrap;gap:.1rem 1rem;overflow-wrap:anywhere}
h2 b{color:var(--fg)}
h3{font-size:.75rem;margin:0 0 .25rem;text-transform:uppercase;letter-spacing:.06em;color:var(--dim)}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:.5rem 1.5rem;margin:0;padding:1rem;border:1px solid var(--line);border-radius:8px;background:var(--soft)}
dt{font-size:.75rem;color:var(--dim)}
dd{margin:0;overflow-wrap:anywhere}
article{margin-top:1.5rem;padding-top:1rem;border-top:1px solid var(--line)}
article.failed{border-top:2px solid var(--bad)}
.message{margin:0 0 1rem;padding-left:.9rem;border-left:3px solid var(--line)}
.user{border-color:var(--user)}.user h3{color:var(--user)}
.assistant{border-color:var(--answer)}.assistant h3{color:var(--answer)}
.tool{border-color:var(--tool)}.tool h3{color:var(--tool)}
pre{margin:.35rem 0;padding:.6rem .75rem;border-radius:6px;background:var(--soft);font:.85rem/1.45 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;tab-size:4}
pre.text{padding:0;background:none;font:inherit}
details{margin:.35rem 0}
summary{cursor:pointer;color:var(--dim)}
summary code{color:var(--tool);font-family:ui-monospace,monospace}
small{margin-left:.4rem}
.bad{color:var(--bad)}
.media{color:var(--dim);margin:.35rem 0}
@media print{body{font-size:11pt}.message,pre{break-inside:auto}}
`;
