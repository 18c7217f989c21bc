/**
 * Deletes the segments that nothing needs any more: marks from all exchanges and docs, then sweeps in
 * small transactions. Others write meanwhile: each sweep first marks, under the write lock, what came
 * or changed since, so a segment that was found again is never taken away. When another process
 * deletes at the same time it gives up: what is left is found the next time.
 */
import type { Database, Statement } from '../database.ts';
import type { DeletionCount } from '../sqlite/deletions.ts';
import { Reachability, ROOT_COLUMNS, type RootRow } from './reachability.ts';

interface ExchangeRoots extends RootRow {
  readonly exchange_key: number;
  readonly outcome: string | null;
}

interface DocRoot {
  readonly doc_key: number;
  readonly segment_key: number;
}

/** Measured: 70 to 100 µs for an exchange in conversations of up to 200 turns. */
const EXCHANGES_PER_STEP = 50;
const DOCS_PER_STEP = 2_000;
const SEGMENTS_PER_STEP = 500;

class Collection {
  readonly #database: Database;
  readonly #deletions: DeletionCount;
  readonly #reachability: Reachability;
  readonly #exchanges: Statement<[number, number], ExchangeRoots>;
  readonly #exchange: Statement<[number], ExchangeRoots>;
  readonly #docs: Statement<[number, number], DocRoot>;
  readonly #segments: Statement<[number, number, number], { segment_key: number }>;
  readonly #delete: Statement<[number]>;
  /** Exchanges whose end may still be written. */
  readonly #open = new Set<number>();
  #exchangeKey = 0;
  #docKey = 0;
  #swept = 0;

  constructor(database: Database, deletions: DeletionCount) {
    this.#database = database;
    this.#deletions = deletions;
    this.#reachability = new Reachability(database);
    const roots = `SELECT exchange_key, outcome, ${ROOT_COLUMNS} FROM exchanges`;
    this.#exchanges = database.prepare(
      `${roots} WHERE exchange_key > ? ORDER BY exchange_key LIMIT ?`,
    );
    this.#exchange = database.prepare(`${roots} WHERE exchange_key = ?`);
    this.#docs = database.prepare(
      'SELECT doc_key, segment_key FROM docs WHERE doc_key > ? ORDER BY doc_key LIMIT ?',
    );
    this.#segments = database.prepare(
      'SELECT segment_key FROM segments WHERE segment_key > ? AND segment_key <= ? ORDER BY segment_key LIMIT ?',
    );
    this.#delete = database.prepare('DELETE FROM segments WHERE segment_key = ?');
  }

  /** Marks some of what was not looked at yet; false when little is left, which catching up does. */
  mark(): boolean {
    const exchanges = this.#exchanges.all(this.#exchangeKey, EXCHANGES_PER_STEP);
    for (const row of exchanges) {
      this.#exchangeKey = row.exchange_key;
      this.#addExchange(row);
    }
    const docs = this.#docs.all(this.#docKey, DOCS_PER_STEP);
    for (const row of docs) {
      this.#docKey = row.doc_key;
      this.#reachability.add(row.segment_key);
    }
    return exchanges.length === EXCHANGES_PER_STEP || docs.length === DOCS_PER_STEP;
  }

  /** Deletes some; `done` when there is nothing left to do, or another process is deleting. */
  sweep(): { readonly deleted: number; readonly done: boolean } {
    return this.#database
      .transaction(() => {
        if (this.#deletions.hasChanged()) return { deleted: 0, done: true };
        this.#catchUp();
        const { lastKey } = this.#reachability;
        const rows = this.#segments.all(this.#swept, lastKey, SEGMENTS_PER_STEP);
        const dead = rows.filter((row) => !this.#reachability.isReached(row.segment_key));
        for (const { segment_key } of dead) this.#delete.run(segment_key);
        if (dead.length > 0) this.#deletions.add();
        this.#swept = rows.at(-1)?.segment_key ?? lastKey;
        return { deleted: dead.length, done: rows.length < SEGMENTS_PER_STEP };
      })
      .immediate();
  }

  #catchUp(): void {
    while (this.mark());
    for (const key of [...this.#open]) {
      this.#open.delete(key);
      const row = this.#exchange.get(key);
      if (row !== undefined) this.#addExchange(row);
    }
  }

  #addExchange(row: ExchangeRoots): void {
    this.#reachability.addExchange(row);
    if (row.outcome === null || row.outcome === 'interrupted') this.#open.add(row.exchange_key);
  }
}

/** Yields between steps of a few milliseconds; gives the number of deleted segments. */
export function* collectSegments(
  database: Database,
  deletions: DeletionCount,
): Generator<void, number> {
  // What others deleted before this moment is of no concern.
  deletions.hasChanged();
  const collection = new Collection(database, deletions);
  while (collection.mark()) yield;
  let total = 0;
  for (;;) {
    const { deleted, done } = collection.sweep();
    total += deleted;
    if (done) return total;
    yield;
  }
}
