/** The piece of a text that shows a match, and where in it the match is. Pure. */
import { fold } from '../../core/fold.ts';
import type { SearchTerm } from '../../core/search-query.ts';
import { patternOf } from './match.ts';

export interface Snippet {
  readonly text: string;
  /** [start, end) in `text`, UTF-16 units, in order, not overlapping. */
  readonly marks: readonly (readonly [number, number])[];
}

interface Match {
  readonly term: number;
  readonly start: number;
  readonly end: number;
}

const LENGTH = 160;
/** Text shown before the first match. */
const LEAD = 40;
const MAX_MATCHES_PER_TERM = 200;

/** Around the place where most terms are near each other; the beginning when none is found. */
export function snippetOf(text: string, terms: readonly SearchTerm[]): Snippet {
  const matches = findMatches(text, terms);
  const best = densest(matches);
  const start = wholeCharacter(text, best === undefined ? 0 : Math.max(0, best.start - LEAD));
  const end = wholeCharacter(text, Math.min(text.length, start + LENGTH));
  const before = start > 0 ? '…' : '';
  const after = end < text.length ? '…' : '';
  const shown = text.slice(start, end).replace(/\s/g, ' ');
  const shift = before.length - start;
  return {
    text: before + shown + after,
    marks: separate(matches.filter((match) => match.start >= start && match.end <= end)).map(
      (match) => [match.start + shift, match.end + shift] as const,
    ),
  };
}

function findMatches(text: string, terms: readonly SearchTerm[]): Match[] {
  const folded = fold(text);
  const found = terms.flatMap((term, index) => {
    const matches: Match[] = [];
    for (const match of folded.matchAll(patternOf(term))) {
      matches.push({ term: index, start: match.index, end: match.index + match[0].length });
      if (matches.length === MAX_MATCHES_PER_TERM) break;
    }
    return matches;
  });
  return found.sort((a, b) => a.start - b.start);
}

/** The match after which most different terms follow within a snippet's length. */
function densest(matches: readonly Match[]): Match | undefined {
  let best: Match | undefined;
  let most = 0;
  matches.forEach((match, index) => {
    const terms = new Set<number>();
    for (let next = index; next < matches.length; next += 1) {
      const other = matches[next];
      if (other === undefined || other.end > match.start + LENGTH - LEAD) break;
      terms.add(other.term);
    }
    if (terms.size > most) {
      most = terms.size;
      best = match;
    }
  });
  return best ?? matches[0];
}

function separate(matches: readonly Match[]): Match[] {
  const kept: Match[] = [];
  for (const match of matches) {
    if (match.start >= (kept.at(-1)?.end ?? 0)) kept.push(match);
  }
  return kept;
}

/** Not between the two halves of a character outside the basic plane. */
function wholeCharacter(text: string, at: number): number {
  const isHalf =
    /[\udc00-\udfff]/.test(text[at] ?? '') && /[\ud800-\udbff]/.test(text[at - 1] ?? '');
  return isHalf ? at + 1 : at;
}
