/**
 * What a person types, as FTS5 understands it: words (all must occur), "phrases", and prefix*. Nothing
 * typed is ever FTS5 syntax: everything is quoted. Pure.
 */
export interface Term {
  /** The words as unicode61 cuts and folds them. */
  readonly words: readonly string[];
  readonly isPrefix: boolean;
}

export interface SearchQuery {
  readonly match: string;
  readonly terms: readonly Term[];
}

/** More would not narrow a search, only cost time. */
const MAX_TERMS = 32;
const MAX_QUERY = 1_000;
const TYPED = /"([^"]*)"(\*?)|([^\s"]+)/g;
const WORDS = /[\p{L}\p{N}\p{Co}]+/gu;

/** Null when nothing typed holds a letter or a digit. */
export function parseQuery(typed: string): SearchQuery | null {
  const found = [...typed.slice(0, MAX_QUERY).matchAll(TYPED)].slice(0, MAX_TERMS);
  const terms = found.map(termOf).filter((term) => term.words.length > 0);
  if (terms.length === 0) return null;
  return { match: terms.map(matchOf).join(' AND '), terms };
}

function termOf([, phrase, star, word]: RegExpMatchArray): Term {
  const text = phrase ?? word ?? '';
  const isPrefix = star === '*' || (word?.endsWith('*') ?? false);
  return { words: fold(text).match(WORDS) ?? [], isPrefix };
}

/** `foo_bar` and `src/x.ts` become phrases: their words side by side, as they are indexed. */
function matchOf(term: Term): string {
  return `"${term.words.join(' ')}"${term.isPrefix ? ' *' : ''}`;
}

const NOT_PLAIN = /[^\p{ASCII}]|[A-Z]/gu;

/** Lower case without diacritics, as long as `text` in UTF-16 units, so that places stay the same. */
export function fold(text: string): string {
  return text.replace(NOT_PLAIN, (char) => {
    const folded = char.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
    return folded.length === char.length ? folded : char;
  });
}
