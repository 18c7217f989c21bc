/**
 * Prices recorded exchanges again, and corrects the sums of their sessions in the same transactions.
 * Works beside a running server: batches are short, and a locked file is waited for. JSONL keeps what
 * was written at the time.
 */
import { addCost, type Cost, type CostSum, NO_COST, type Pricer } from '../core/cost.ts';
import { type Database, openExisting, type Statement } from './database.ts';
import { EXCHANGE_ROWS, type ExchangeRow } from './history/exchange-row.ts';
import { priceableOf } from './history/priceable.ts';
import { SegmentReader } from './segments/segment-store.ts';
import { DeletionCount } from './sqlite/deletions.ts';
import { unpackHeaders } from './sqlite/headers.ts';
import { costOfRow } from './sqlite/number-columns.ts';

export interface Repriced {
  readonly exchanges: number;
  readonly changed: number;
  readonly before: CostSum;
  readonly after: CostSum;
}

export interface RepriceOptions {
  readonly price: Pricer;
  /** Epoch milliseconds. */
  readonly since: number;
}

const BATCH = 500;

type Row = ExchangeRow & { readonly session_key: number };

export function repriceHistory(path: string, options: RepriceOptions): Repriced {
  const database = openExisting(path);
  try {
    return new Repricer(database, options).run();
  } finally {
    database.close();
  }
}

interface Change {
  readonly key: number;
  readonly nano: number | null;
  readonly certainty: string | null;
  readonly version: string | null;
}

interface SumChange {
  readonly session: number;
  readonly nano: number;
  readonly exact: number;
  readonly estimated: number;
}

class Repricer {
  readonly #database: Database;
  readonly #options: RepriceOptions;
  readonly #segments: SegmentReader;
  readonly #page: Statement<[{ since: number; after: number; limit: number }], Row>;
  readonly #set: Statement<[Change]>;
  readonly #addToSession: Statement<[SumChange]>;
  /** Who remembers sums must forget them. */
  readonly #deletions: DeletionCount;
  #result: Repriced = { exchanges: 0, changed: 0, before: NO_COST, after: NO_COST };

  constructor(database: Database, options: RepriceOptions) {
    this.#database = database;
    this.#options = options;
    this.#segments = new SegmentReader(database);
    this.#deletions = new DeletionCount(database);
    this.#page = database.prepare(`${EXCHANGE_ROWS}
      WHERE exchange_key > @after AND exchanges.input_tokens IS NOT NULL
        AND exchanges.started_at >= @since
      ORDER BY exchange_key LIMIT @limit`);
    this.#set = database.prepare(`
      UPDATE exchanges SET cost_nano_usd = @nano, cost_certainty = @certainty,
        price_version = @version WHERE exchange_key = @key`);
    this.#addToSession = database.prepare(`
      UPDATE sessions SET cost_nano_usd = cost_nano_usd + @nano,
        exact_cost_count = exact_cost_count + @exact,
        estimated_cost_count = estimated_cost_count + @estimated
      WHERE session_key = @session`);
  }

  run(): Repriced {
    let after = 0;
    for (;;) {
      const next = this.#database.transaction(() => this.#batch(after)).immediate();
      if (next === null) return this.#result;
      after = next;
    }
  }

  /** The last key that was looked at; null when there is nothing more. */
  #batch(after: number): number | null {
    const rows = this.#page.all({ since: this.#options.since, after, limit: BATCH });
    const { changed } = this.#result;
    for (const row of rows) this.#reprice(row);
    if (this.#result.changed > changed) this.#deletions.add();
    return rows.at(-1)?.exchange_key ?? null;
  }

  #reprice(row: Row): void {
    const headers = unpackHeaders(row.request_headers, this.#segments);
    const priceable = priceableOf(row, headers);
    const before = costOfRow(row);
    const after = priceable === null ? null : this.#options.price(priceable);
    const isChanged = !isSame(before, after);
    this.#result = {
      exchanges: this.#result.exchanges + 1,
      changed: this.#result.changed + Number(isChanged),
      before: addCost(this.#result.before, before),
      after: addCost(this.#result.after, after),
    };
    if (isChanged) this.#write(row, before, after);
  }

  #write(row: Row, before: Cost | null, after: Cost | null): void {
    const is = (cost: Cost | null, certainty: Cost['certainty']): number =>
      Number(cost?.certainty === certainty);
    this.#set.run({
      key: row.exchange_key,
      nano: after?.nanoUsd ?? null,
      certainty: after?.certainty ?? null,
      version: after?.priceVersion ?? null,
    });
    this.#addToSession.run({
      session: row.session_key,
      nano: (after?.nanoUsd ?? 0) - (before?.nanoUsd ?? 0),
      exact: is(after, 'exact') - is(before, 'exact'),
      estimated: is(after, 'estimated') - is(before, 'estimated'),
    });
  }
}

function isSame(a: Cost | null, b: Cost | null): boolean {
  return (
    a?.nanoUsd === b?.nanoUsd &&
    a?.certainty === b?.certainty &&
    a?.priceVersion === b?.priceVersion
  );
}
