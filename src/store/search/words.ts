/**
 * The words that occur in indexed texts, each once: what the edge of an identifier may belong to, and
 * what a mistyped word may have meant. FTS5's own view of its words (fts5vocab) reads the whole index.
 */
import { fold, WORDS } from '../../core/fold.ts';
import type { Database, Statement } from '../database.ts';

const MIN_LENGTH = 3;
/** Longer ones, and hashes, are nothing that a person remembers a part of. */
const MAX_LENGTH = 48;
const HASH = /^(?=.*\d)[\da-f]{8,}$|^\d+$/;
/** A power of two: 512 kB. A word that lost its place costs one statement, nothing else. */
const SLOTS = 2 ** 17;
const ASCII_END = 128;
const CASE_BIT = 0x20;

export class WordWriter {
  readonly #insert: Statement<[string]>;
  /** By a word's hash: the hash of the word that was seen last there. */
  readonly #seen = new Int32Array(SLOTS);

  constructor(database: Database) {
    this.#insert = database.prepare('INSERT OR IGNORE INTO words (word) VALUES (?)');
  }

  add(text: string): void {
    let at = 0;
    while (at < text.length) at = isLetter(text.charCodeAt(at)) ? this.#addWord(text, at) : at + 1;
  }

  /** Forgets what was seen: needed after a rollback, and when words were deleted. */
  forget(): void {
    this.#seen.fill(0);
  }

  /** Gives the place after the word. */
  #addWord(text: string, start: number): number {
    let hash = 0;
    let isForeign = false;
    let at = start;
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (!isLetter(code)) break;
      if (code >= ASCII_END) isForeign = true;
      hash = Math.imul(hash ^ (code < ASCII_END ? code | CASE_BIT : code), 0x01000193);
    }
    if (at - start < MIN_LENGTH || this.#isSeen(hash)) return at;
    const written = text.slice(start, at);
    if (isForeign) for (const word of fold(written).match(WORDS) ?? []) this.#put(word);
    else this.#put(written.toLowerCase());
    return at;
  }

  #isSeen(hash: number): boolean {
    const slot = (hash ^ (hash >>> 17)) & (SLOTS - 1);
    if (this.#seen[slot] === hash) return true;
    this.#seen[slot] = hash;
    return false;
  }

  #put(word: string): void {
    const { length } = word;
    if (length < MIN_LENGTH || length > MAX_LENGTH || HASH.test(word)) return;
    this.#insert.run(word);
  }
}

/** Beyond ASCII everything may be one: fold() and WORDS look closer. */
function isLetter(code: number): boolean {
  const lower = code | CASE_BIT;
  return (lower >= 0x61 && lower <= 0x7a) || (code >= 0x30 && code <= 0x39) || code >= ASCII_END;
}

interface Range {
  readonly from: string;
  readonly to: string;
  readonly limit: number;
}

export class WordReader {
  readonly #begin: Statement<[Range], string>;
  readonly #contain: Statement<[{ part: string; limit: number }], string>;
  readonly #end: Statement<[{ part: string; limit: number }], string>;

  constructor(database: Database) {
    this.#begin = database
      .prepare<[Range], string>(
        'SELECT word FROM words WHERE word >= @from AND word < @to LIMIT @limit',
      )
      .pluck();
    this.#contain = database
      .prepare<[{ part: string; limit: number }], string>(
        'SELECT word FROM words WHERE instr(word, @part) > 0 LIMIT @limit',
      )
      .pluck();
    this.#end = database
      .prepare<[{ part: string; limit: number }], string>(
        'SELECT word FROM words WHERE substr(word, -length(@part)) = @part LIMIT @limit',
      )
      .pluck();
  }

  /** That begin so, in alphabetical order; none for an empty prefix. */
  beginning(prefix: string, limit: number): string[] {
    const from = fold(prefix);
    return from === '' ? [] : this.#begin.all({ from, to: `${from}\u{10ffff}`, limit });
  }

  /** That have the folded `part` in them. */
  containing(part: string, limit: number): string[] {
    return this.#contain.all({ part, limit });
  }

  ending(part: string, limit: number): string[] {
    return this.#end.all({ part, limit });
  }
}
