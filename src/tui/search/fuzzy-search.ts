/**
 * Search over all history that forgives what was mistyped: the full-text index finds candidates for
 * what was typed, with the last word as a beginning; when they are few, for words of the index that
 * look alike; fuse.js puts the best first. Fuse sees hundreds of candidates, never the history.
 */
import Fuse from 'fuse.js';
import type { History, SearchHit } from '../../core/ports.ts';

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

export function fuzzySearch(history: History, typed: string): FoundHit[] {
  const text = typed.trim();
  if (text === '') return [];
  const exact = find(history, text, text.split(/\s+/));
  const found = exact.length >= ENOUGH ? exact : [...exact, ...findAlike(history, text)];
  return rank(unique(found), text);
}

/** The last word may not be finished. */
function find(history: History, text: string, words: readonly string[]): FoundHit[] {
  const query = /[\p{L}\p{N}]$/u.test(text) ? `${text}*` : text;
  return history.search(query, { limit: MAX_HITS }).map((hit) => ({ hit, words }));
}

/** Each word is replaced by the words of the index nearest to it. */
function findAlike(history: History, text: string): FoundHit[] {
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  const choices = words.map((word) => alike(history, word));
  const queries = new Set<string>();
  for (let nth = 0; nth < MAX_ALTERNATIVES; nth += 1) {
    queries.add(choices.map((choice, index) => choice[nth] ?? choice[0] ?? words[index]).join(' '));
  }
  queries.delete(words.join(' '));
  const found: FoundHit[] = [];
  for (const query of queries) {
    if (found.length < ENOUGH) found.push(...find(history, `${query} `, query.split(' ')));
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
  return [...best, ...found.filter((item) => !ranked.has(item))].slice(0, MAX_HITS);
}
