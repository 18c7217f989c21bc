/** Marks found words in a line: by colour where there are colours, else in «quotes». Pure. */
import type { Theme } from '../theme.ts';

/** null when the line has none. `line` is safe text. */
export function markMatches(line: string, words: readonly string[], theme: Theme): string | null {
  const spans = spansOf(line, words);
  return spans.length === 0 ? null : markSpans(line, spans, theme);
}

/** Spans are [start, end) in UTF-16 units, in order, not overlapping. */
function markSpans(
  line: string,
  spans: readonly (readonly [number, number])[],
  theme: Theme,
): string {
  let at = 0;
  let marked = '';
  for (const [start, end] of spans) {
    if (start < at) continue;
    const hit = line.slice(start, end);
    marked += line.slice(at, start);
    marked += theme.name === 'none' ? `«${hit}»` : theme.paint(hit, 'inverse');
    at = end;
  }
  return marked + line.slice(at);
}

function spansOf(line: string, words: readonly string[]): [number, number][] {
  const lower = line.toLowerCase();
  // A letter whose lower case is longer would shift every place after it.
  if (lower.length !== line.length) return [];
  const spans = words.flatMap((word) => {
    const wanted = word.toLowerCase();
    const found: [number, number][] = [];
    let at = wanted === '' ? -1 : lower.indexOf(wanted);
    while (at !== -1) {
      found.push([at, at + wanted.length]);
      at = lower.indexOf(wanted, at + wanted.length);
    }
    return found;
  });
  return spans.sort((a, b) => a[0] - b[0]);
}
