/**
 * Typed terms as FTS5 understands them, and as patterns over a text that was read back. Nothing typed
 * is ever FTS5 syntax: everything is quoted. Pure.
 */
import type { SearchTerm } from '../../core/search-query.ts';

/** The words of the index that the edge of an identifier may belong to (`rc/x` to `src/x`). */
export type Completions = (term: SearchTerm) => readonly string[];

/** Words as the index has them, side by side. Null when nothing is looked for. */
export function exactMatch(terms: readonly SearchTerm[]): string | null {
  return matchOf(terms, (term) => phrase(term.words, term.isPrefix));
}

/** Identifiers also inside longer ones: the first word may begin before, the last may go on. */
export function insideMatch(terms: readonly SearchTerm[], completions: Completions): string | null {
  return matchOf(terms, (term) => {
    if (term.literal === null) return phrase(term.words, term.isPrefix);
    const [first = '', ...rest] = term.words;
    const [own = first, ...others] = completions(term);
    const isOpen = rest.length > 0;
    const forms = [phrase([own, ...rest], isOpen)];
    if (others.length > 0) forms.push(othersBefore(rest, others));
    return forms.length === 1 ? (forms[0] ?? '') : `(${forms.join(' OR ')})`;
  });
}

/**
 * Not side by side: each phrase would go through all words that its last one may become (of 54 phrases
 * and 500 words: 2 s). The text itself tells.
 */
function othersBefore(rest: readonly string[], others: readonly string[]): string {
  const any = others.map((word) => phrase([word], false)).join(' OR ');
  return rest.length === 0 ? any : `((${any}) AND ${phrase(rest, true)})`;
}

function matchOf(
  terms: readonly SearchTerm[],
  formOf: (term: SearchTerm) => string,
): string | null {
  const wanted = terms.filter((term) => !term.isNot).map(formOf);
  if (wanted.length === 0) return null;
  // An identifier that must not occur is looked for in the text itself: its words alone may.
  const unwanted = terms.filter((term) => term.isNot && term.literal === null);
  const not = unwanted.map((term) => ` NOT ${phrase(term.words, term.isPrefix)}`);
  return `(${wanted.join(' AND ')})${not.join('')}`;
}

function phrase(words: readonly string[], isPrefix: boolean): string {
  return `"${words.join(' ')}"${isPrefix ? ' *' : ''}`;
}

const LETTER = '[\\p{L}\\p{N}\\p{Co}]';
const SYNTAX = /[\\^$.*+?()[\]{}|/]/g;

/** Finds the term in a folded text. */
export function patternOf(term: SearchTerm): RegExp {
  if (term.literal !== null) return new RegExp(term.literal.replace(SYNTAX, '\\$&'), 'gu');
  // Words hold letters and digits only: nothing to escape.
  const words = term.words.join('[^\\p{L}\\p{N}\\p{Co}]+');
  const end = term.isPrefix ? `${LETTER}*` : `(?!${LETTER})`;
  return new RegExp(`(?<!${LETTER})${words}${end}`, 'gu');
}
