// Text that tries to be more than text on a page, and the requests and answers that carry it in every
// field that a client or a provider can reach.
import type http from 'node:http';
import { sseText, TURNS } from './agent-turns.ts';

/** Anything that runs does one of: set this, open a dialog, ask another server, open a window. */
export const RAN = 'lunarouteHostileRan';
const RUN = `window.${RAN}=1;alert(1)`;
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" onload="${RUN}"><script>${RUN}</script></svg>`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const EVIL: readonly string[] = [
  `<script>${RUN}</script>`,
  `"><img src=x onerror="${RUN}">`,
  `'><svg/onload=${RUN}>`,
  SVG,
  `<iframe srcdoc="<script>parent.${RUN}</script>"></iframe>`,
  `<iframe src="javascript:${RUN}"></iframe>`,
  '<object data="https://evil.example/o"></object><embed src="https://evil.example/e">',
  `<details open ontoggle=${RUN}><summary>s</summary></details>`,
  `<input autofocus onfocus=${RUN}><form action="https://evil.example"><button>b</button></form>`,
  '<base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=https://evil.example">',
  '<link rel="stylesheet" href="https://evil.example/s.css"><style>*{display:none!important}</style>',
  `<math><mi xlink:href="javascript:${RUN}">m</mi></math>`,
  `</textarea></title></style></pre></script><script>${RUN}</script>`,
  `[link](javascript:${RUN}) [link](JaVa\tScRiPt:${RUN}) [link](&#106;avascript:${RUN})`,
  `[link](data:text/html;base64,${base64(`<script>${RUN}</script>`)}) [link](vbscript:x) [link](file:///etc/passwd)`,
  '[link](//evil.example/x) <https://evil.example/auto> www.evil.example [r]',
  `[r]: javascript:${RUN} "title"`,
  '![p](https://evil.example/p.png) ![p](//evil.example/p.png) ![p](/api/v1/config)',
  `![p](data:image/svg+xml;base64,${base64(SVG)}) ![p](javascript:${RUN})`,
  `| a | b |\n|---|---|\n| <img src=x onerror=${RUN}> | [x](javascript:${RUN}) |`,
  '- [x] task\n- [ ] task\n\n[^1] note\n\n[^1]: <b onclick=alert(1)>foot</b>',
  `\`\`\`html" onmouseover="${RUN}\n<script>${RUN}</script>\n\`\`\``,
  `{{constructor.constructor("${RUN}")()}} \${${RUN}} <%= 1 %> &lt;script&gt; <!-- ]]>`,
  '\u202eesrever\u202c \u2066isolated\u2069 \u200fשלום\u200e a\u0000b\u001b[2J\u0007',
  `zalgo Z${'\u0301\u0316'.repeat(200)}`,
  '漢字 👩‍👩‍👧‍👦 \ud83d lone surrogate, \ufeff\u2028\u2029',
  `${'['.repeat(1000)} ${'*a '.repeat(1000)} ${'`'.repeat(1000)}`,
  'w'.repeat(5000),
];
const ALL = EVIL.join('\n\n');
/** Markdown that no parser can bear. */
const DEEP = `${'>'.repeat(3000)} quotes\n\n${'- '.repeat(500)}lists\n\n${'1) > '.repeat(300)}both`;
/** What may stand in a header or an address, whose bytes are Latin-1. */
const LINE = EVIL.slice(0, 20)
  .join(' ')
  .replace(/[^\x20-\x7e]/g, '');
const MEGABYTE = 'long '.repeat(1000) + 'x'.repeat(1_000_000);
export const END = 'seen-to-the-end';

interface Carried {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly answer: (res: http.ServerResponse) => void;
}

const EVENTS = { 'content-type': 'text/event-stream', 'x-evil': LINE.slice(0, 8000) };

/** @param other what stands where it is not `text` alone: each megabyte takes a while to record */
function turn(dialect: keyof typeof TURNS, text: string, other = text): Carried {
  const words = {
    system: text === ALL ? DEEP : other,
    prompt: `${other}\n\n${END}`,
    toolInput: other,
    toolResult: text,
    earlierThinking: text === ALL ? DEEP : other,
    thinking: other,
    text: `${text}\n\n${END}`,
    callArguments: other,
  };
  const made = TURNS[dialect]?.(words, 100_000) ?? { path: '', request: {}, events: [] };
  return {
    path: `${made.path}?q=${encodeURIComponent(LINE.slice(0, 4000))}`,
    headers: { 'x-session-id': `${dialect} ${text === ALL ? LINE.slice(0, 200) : 'long'}` },
    body: JSON.stringify(made.request),
    answer: (res) => res.writeHead(200, EVENTS).end(sseText(made.events)),
  };
}

/** Names are foreign, too: of models, tools, keys, errors, kinds of media, limits. */
function names(text: string, other = text): Carried {
  const call = { type: 'tool_use', id: other, name: text, input: { [other]: other } };
  return {
    path: '/v1/messages',
    headers: {
      'x-claude-code-session-id': `names <script>/?#%2e ${text.length}`,
      'user-agent': LINE.slice(0, 2000),
      'x-evil': LINE.slice(0, 8000),
    },
    body: JSON.stringify({
      model: text,
      [text]: { [other]: [other] },
      tools: [{ name: other, description: other, input_schema: {} }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: END }, { type: other }] },
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'base64', media_type: other, data: base64(SVG) } },
            { type: 'image', source: { type: 'url', url: 'https://evil.example/i.png' } },
          ],
        },
        { role: 'assistant', content: [call] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: other, content: END }] },
      ],
    }),
    answer: (res) => {
      const message = {
        id: other,
        type: 'message',
        role: 'assistant',
        model: text,
        stop_reason: other,
        content: [{ type: 'text', text: END }, call],
        usage: { input_tokens: 1, output_tokens: 1, [other.slice(0, 100)]: other },
      };
      const limits = {
        'anthropic-ratelimit-requests-limit': LINE.slice(0, 500),
        'anthropic-ratelimit-requests-remaining': '-1e99',
        'anthropic-ratelimit-unified-status': LINE.slice(0, 500),
      };
      res.writeHead(200, { 'content-type': 'application/json', ...limits });
      res.end(JSON.stringify(message));
    },
  };
}

function failure(text: string): Carried {
  return {
    path: '/v1/messages',
    headers: { 'x-claude-code-session-id': `failure ${text.length}` },
    body: JSON.stringify({ model: 'claude-opus-5-5', messages: [{ role: 'user', content: END }] }),
    answer: (res) => {
      res.writeHead(529, { 'content-type': 'application/json' });
      res.end(JSON.stringify({ type: 'error', error: { type: text, message: text } }));
    },
  };
}

export const CARRIED: readonly Carried[] = [
  ...Object.keys(TURNS).map((dialect) => turn(dialect, ALL)),
  turn('anthropic', MEGABYTE, 'short'),
  names(ALL),
  names(MEGABYTE, 'short'),
  failure(ALL),
  failure(MEGABYTE),
  {
    path: `/v1/messages/${encodeURIComponent(LINE.slice(0, 1000))}`,
    headers: { 'content-type': 'text/html' },
    body: `<html>${ALL}`,
    answer: (res) => res.writeHead(200, { 'content-type': 'text/html' }).end(`<html>${ALL}`),
  },
];
