/**
 * The one line of Codex's config.toml that points it at LunaRoute, put in and taken out again. Works
 * on the text, not on parsed TOML, so that comments, order and everything else stay byte for byte; it
 * only finds out which lines begin a statement outside of tables. Pure.
 */
const KEY = /^\s*(?:openai_base_url|"openai_base_url"|'openai_base_url')\s*=/;
const PROVIDER = /^\s*model_provider\s*=\s*["']([^"']*)["']/;
const MARK = '# lunaroute setup codex';
const REPLACED = `${MARK} replaced: `;

export interface Edit {
  readonly text: string;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** `openai_base_url` set to `url`; a value that a person had is kept as a comment for the undo. */
export function addBaseUrl(text: string, url: string): Edit {
  const cleared = removeBaseUrl(text);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = cleared.text.split(eol);
  const line = `openai_base_url = ${JSON.stringify(url)} ${MARK}`;
  const own = topLevelLines(lines).find((index) => KEY.test(lines[index] ?? ''));
  // The first line of the file is outside of every table and separates no comment from its key.
  const added = own === undefined ? [line] : [`${REPLACED}${lines[own]}`, line];
  if (own === undefined) lines.unshift(...added);
  else lines.splice(own, 1, ...added);
  return difference(text, lines.join(eol), eol);
}

/** The text as it was before addBaseUrl(). */
export function removeBaseUrl(text: string): Edit {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = text
    .split(eol)
    .filter((line) => !(KEY.test(line) && line.endsWith(` ${MARK}`)))
    .map((line) => (line.startsWith(REPLACED) ? line.slice(REPLACED.length) : line));
  return difference(text, lines.join(eol), eol);
}

/** The provider that the file chooses, when it is not Codex's own: `openai_base_url` is not its. */
export function foreignProvider(text: string): string | null {
  const lines = text.split(/\r?\n/);
  const names = topLevelLines(lines).map((index) => PROVIDER.exec(lines[index] ?? '')?.[1]);
  return names.find((name) => name !== undefined && name !== 'openai') ?? null;
}

const BASE_URL = /^\s*["']?(?:openai_)?base_url["']?\s*=\s*["']([^"']*)["']/;

/** `openai_base_url` as the file has it; null when it has none. */
export function baseUrlOf(text: string): string | null {
  const lines = text.split(/\r?\n/);
  const line = topLevelLines(lines).find((index) => KEY.test(lines[index] ?? ''));
  return BASE_URL.exec(lines[line ?? -1] ?? '')?.[1] ?? null;
}

/** `base_url` of the table `[model_providers.<name>]`; null when it is not written that way. */
export function providerBaseUrl(text: string, name: string): string | null {
  const lines = text.split(/\r?\n/);
  const heads = [`[model_providers.${name}]`, `[model_providers."${name}"]`];
  const start = lines.findIndex((line) => heads.includes(line.replace(/#.*$/, '').trim()));
  if (start === -1) return null;
  const length = lines.slice(start + 1).findIndex((line) => line.trimStart().startsWith('['));
  const table = lines.slice(start + 1, length === -1 ? undefined : start + 1 + length);
  const urls = table.map((line) => BASE_URL.exec(line)?.[1]);
  return urls.find((url) => url !== undefined) ?? null;
}

function difference(before: string, after: string, eol: string): Edit {
  const old = before.split(eol);
  const now = after.split(eol);
  return {
    text: after,
    removed: old.filter((line) => !now.includes(line)),
    added: now.filter((line) => !old.includes(line)),
  };
}

/** Indexes of the lines that begin a statement, before the first table. */
function topLevelLines(lines: readonly string[]): number[] {
  const found: number[] = [];
  let open: Open = { quote: null, depth: 0 };
  for (const [index, line] of lines.entries()) {
    const isStatement = open.quote === null && open.depth === 0;
    if (isStatement && line.trimStart().startsWith('[')) break;
    if (isStatement) found.push(index);
    open = afterLine(open, line);
  }
  return found;
}

/** What is still open at the end of a line: a multi-line string, brackets of a list. */
interface Open {
  readonly quote: string | null;
  readonly depth: number;
}

const TOKEN = /"""|'''|"(?:[^"\\]|\\.)*"|'[^']*'|#.*|[[\]{}]/g;

function afterLine({ quote, depth }: Open, line: string): Open {
  const end = quote === null ? 0 : line.indexOf(quote);
  if (end === -1) return { quote, depth };
  const rest = quote === null ? line : line.slice(end + quote.length);
  let level = depth;
  for (const { 0: token, index } of rest.matchAll(TOKEN)) {
    if (token === '"""' || token === "'''") {
      return afterLine({ quote: token, depth: level }, rest.slice(index + token.length));
    }
    if (token === '[' || token === '{') level += 1;
    if (token === ']' || token === '}') level -= 1;
  }
  return { quote: null, depth: level };
}
