/** `lunaroute sessions search`: full text over everything that was said, best match first. */
import { UserError } from '../../core/errors.ts';
import { formatTime } from '../../core/format.ts';
import type { SearchHit } from '../../core/ports.ts';
import { safeLine, safeText } from '../../core/text.ts';
import type { Invocation } from '../context.ts';
import { withHistory } from '../open-records.ts';
import type { Style } from '../print.ts';

/** Exit code 0 also for no hits: nothing has failed. */
export async function runSessionsSearch(invocation: Invocation): Promise<number> {
  const { args, isJson } = invocation;
  const { print } = invocation.context;
  const query = args.map(asTyped).join(' ');
  const hits = await findHits(invocation, query);
  if (isJson) print.json(hits);
  else if (hits.length === 0) print.note(`nothing matches ${safeLine(query)}`);
  else for (const line of allLines(hits, print.style)) print.line(line);
  return 0;
}

/** With --fuzzy mistyped words are forgiven, as on the screen. */
async function findHits(invocation: Invocation, query: string): Promise<readonly SearchHit[]> {
  const options = { limit: Number(invocation.option('limit')), now: invocation.context.now() };
  if (invocation.option('fuzzy') !== true) {
    return withHistory(invocation, (history) => history.search(query, options));
  }
  const { fuzzySearch } = await import('../../tui/search/fuzzy-search.ts');
  return withHistory(invocation, (history) =>
    fuzzySearch(history, query, options).map(({ hit }) => hit),
  );
}

/** Options that are none of ours begin with one dash only where they say what must not occur. */
function asTyped(argument: string): string {
  if (!argument.startsWith('--')) return argument;
  throw new UserError(`unknown option ${safeLine(argument)}`, {
    hint: `to search for it, put it in quotes twice: '"${safeLine(argument)}"'`,
    exitCode: 2,
  });
}

/** How to resume a session stands at its first hit. */
function allLines(hits: readonly SearchHit[], style: Style): string[] {
  const seen = new Set<string>();
  return hits.flatMap((hit) => {
    const isFirst = !seen.has(hit.sessionId);
    seen.add(hit.sessionId);
    return hitLines(hit, isFirst, style);
  });
}

function hitLines(hit: SearchHit, isFirst: boolean, style: Style): string[] {
  const head = [
    style.bold(safeLine(hit.sessionId)),
    formatTime(hit.at),
    hit.client,
    safeLine(hit.model ?? '-'),
    hit.kind,
    style.dim(safeLine(hit.exchangeId)),
  ];
  const resume = isFirst && hit.resume !== null ? [style.dim(`    ${hit.resume}`)] : [];
  return [head.join('  '), `    ${markedSnippet(hit, style)}`, ...resume];
}

/** Each piece is made safe by itself: the marks count characters of the foreign text. */
export function markedSnippet({ snippet, marks }: SearchHit, style: Style): string {
  const pieces: string[] = [];
  let position = 0;
  for (const [start, end] of marks) {
    if (start < position) continue;
    pieces.push(onOneLine(snippet.slice(position, start)));
    pieces.push(style.mark(onOneLine(snippet.slice(start, end))));
    position = end;
  }
  pieces.push(onOneLine(snippet.slice(position)));
  return pieces.join('');
}

/** As safeLine(), but keeps the blanks at both ends. */
function onOneLine(text: string): string {
  return safeText(text.replace(/\s+/g, ' '));
}
