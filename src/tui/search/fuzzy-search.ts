/**
 * Search over all history that forgives what was mistyped: the full-text index finds candidates for
 * what was typed, with the last word as a beginning; when they are few, for words of the index that
 * look alike; fuse.js puts the best first. Fuse sees hundreds of candidates, never the history.
 */
import Fuse from 'fuse.js';
import type { History, SearchHit, SearchOptions } from '../../core/ports.ts';
import { parseSearch, type SearchQuery, wantedTexts } from '../../core/search-query.ts';

export interface FoundHit {
  readonly hit: SearchHit;
  /** The words that were looked for, mistyped ones as the index has them. */
  readonly words: readonly string[];
}

const MAX_HITS = 40;
/** Fewer hits than this: a word may be mistyped. */
const ENOUGH = 8;
/** Words of the index with the same beginning that are compared; sharing two letters is assumed. */
const MAX_WORDS = 3000;
const MAX_ALTERNATIVES = 3;
const MIN_FUZZY_LENGTH = 4;
/** A word that may go on: nothing but letters and digits. */
const OPEN_WORD = /(?:^|\s)[\p{L}\p{N}]+$/u;

/** Throws parseSearch()'s UserError. */
export function fuzzySearch(
  history: History,
  typed: string,
  options: SearchOptions = { limit: MAX_HITS },
): FoundHit[] {
  const text = typed.trim();
  if (text === '') return [];
  const query = parseSearch(text, options.now ?? 0);
  const search = (text: string, words: readonly string[]): FoundHit[] =>
    history.search(text, options).map((hit) => ({ hit, words }));
  const wanted = wantedTexts(query);
  // The last word may not be finished.
  const exact = search(OPEN_WORD.test(text) ? `${text}*` : text, wanted);
  const isEnough = exact.length >= Math.min(ENOUGH, options.limit) || wanted.length === 0;
  const found = isEnough ? exact : [...exact, ...findAlike(history, query, search)];
  return rank(unique(found), wanted.join(' ')).slice(0, options.limit);
}

/** Each word is replaced by the words of the index nearest to it; filters stay. */
function findAlike(
  history: History,
  query: SearchQuery,
  search: (text: string, words: readonly string[]) => FoundHit[],
): FoundHit[] {
  const words = wantedTexts(query).flatMap((text) => text.match(/[\p{L}\p{N}]+/gu) ?? []);
  const choices = words.map((word) => alike(history, word));
  const tries = new Map<string, readonly string[]>();
  for (let nth = 0; nth < MAX_ALTERNATIVES; nth += 1) {
    const tried = choices.map((choice, index) => choice[nth] ?? choice[0] ?? words[index] ?? '');
    tries.set(tried.join(' '), tried);
  }
  tries.delete(words.join(' '));
  const found: FoundHit[] = [];
  for (const [text, tried] of tries) {
    if (found.length < ENOUGH) found.push(...search(`${text} ${query.besides}`, tried));
  }
  return found;
}

/** The word itself when the index has it; then those nearest to it. */
function alike(history: History, word: string): string[] {
  if (word.length < MIN_FUZZY_LENGTH) return [word];
  const candidates = history.words(word.slice(0, 2), MAX_WORDS);
  const near = candidates.filter((candidate) => Math.abs(candidate.length - word.length) <= 3);
  const fuse = new Fuse(near, { threshold: 0.4, ignoreLocation: false, distance: 20 });
  const nearest = fuse.search(word, { limit: MAX_ALTERNATIVES }).map(({ item }) => item);
  return nearest.length > 0 ? nearest : [word];
}

function unique(found: readonly FoundHit[]): FoundHit[] {
  const seen = new Set<string>();
  return found.filter(({ hit }) => {
    const key = `${hit.exchangeId} ${hit.kind} ${hit.snippet}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** Fuse's order; what it finds too unlike keeps the index's order behind it. */
function rank(found: readonly FoundHit[], text: string): FoundHit[] {
  const fuse = new Fuse(found, {
    keys: [
      { name: 'hit.snippet', weight: 3 },
      { name: 'hit.model', weight: 1 },
      { name: 'hit.sessionId', weight: 1 },
    ],
    threshold: 0.6,
    ignoreLocation: true,
  });
  const best = fuse.search(text.slice(0, 32)).map(({ item }) => item);
  const ranked = new Set(best);
  return [...best, ...found.filter((item) => !ranked.has(item))];
}
