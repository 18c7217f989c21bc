/**
 * The words that the full-text index holds, for finding what a mistyped word may have meant. A view
 * on the index: it stores nothing, and its table lives in the connection's own temporary schema.
 */
import type { Database, Statement } from '../database.ts';
import { fold } from './query.ts';

export class Vocabulary {
  readonly #database: Database;
  #statement: Statement<[{ from: string; to: string; limit: number }], string> | null = null;

  constructor(database: Database) {
    this.#database = database;
  }

  /** In alphabetical order; none for an empty prefix. */
  words(prefix: string, limit: number): string[] {
    const from = fold(prefix);
    if (from === '') return [];
    return this.#find().all({ from, to: `${from}\u{10ffff}`, limit });
  }

  /** Made when it is first asked for: most connections never are. */
  #find(): Statement<[{ from: string; to: string; limit: number }], string> {
    if (this.#statement !== null) return this.#statement;
    this.#database.exec(
      "CREATE VIRTUAL TABLE temp.text_words USING fts5vocab('main', 'texts', 'row')",
    );
    this.#statement = this.#database
      .prepare<[{ from: string; to: string; limit: number }], string>(
        'SELECT term FROM text_words WHERE term >= @from AND term < @to LIMIT @limit',
      )
      .pluck();
    return this.#statement;
  }
}
