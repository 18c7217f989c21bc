/** `lunaroute sessions search`: full text over everything that was said, best match first. */
import { formatTime } from '../../core/format.ts';
import type { SearchHit } from '../../core/ports.ts';
import { safeLine, safeText } from '../../core/text.ts';
import type { Invocation } from '../context.ts';
import { withHistory } from '../open-records.ts';
import type { Style } from '../print.ts';

/** Exit code 0 also for no hits: nothing has failed. */
export function runSessionsSearch(invocation: Invocation): number {
  const { context, args, option, isJson } = invocation;
  const { print } = context;
  const query = args.join(' ');
  const hits = withHistory(invocation, (history) =>
    history.search(query, { limit: Number(option('limit')) }),
  );
  if (isJson) print.json(hits);
  else if (hits.length === 0) print.note(`nothing matches ${safeLine(query)}`);
  else for (const hit of hits) for (const line of hitLines(hit, print.style)) print.line(line);
  return 0;
}

function hitLines(hit: SearchHit, style: Style): string[] {
  const head = [
    style.bold(safeLine(hit.sessionId)),
    formatTime(hit.at),
    hit.client,
    safeLine(hit.model ?? '-'),
    hit.kind,
  ];
  return [head.join('  '), `    ${markedSnippet(hit, style)}`];
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
