/**
 * Deletes a session's exchanges, oldest first, some in each transaction, and takes them out of the
 * session's sums in the same one: whoever reads meanwhile sees a smaller session, never a wrong one.
 * Their texts leave the full-text index; segments are left to collect-segments.ts.
 */
import type { Database, Statement } from '../database.ts';
import { EXCHANGE_ROWS, type ExchangeRow } from '../history/exchange-row.ts';
import type { DeletionCount } from '../sqlite/deletions.ts';
import { storedSums } from '../sqlite/stored-sums.ts';
import { SUM_COLUMNS, type Sums } from '../sqlite/sums.ts';
import { SharedDocs } from './shared-docs.ts';

interface Row extends ExchangeRow {
  readonly tool_calls: number;
}

interface Doc {
  readonly doc_key: number;
  readonly session_key: number;
  readonly segment_key: number;
}

interface Oldest {
  readonly session: number;
  readonly before: number;
  readonly limit: number;
}

/** Measured: 3 ms with the rows of index and tools, 16 where shared docs find a new place. */
const EXCHANGES_PER_STEP = 25;

export class ExchangeDeleter {
  readonly #database: Database;
  readonly #deletions: DeletionCount;
  readonly #sharedDocs: SharedDocs;
  readonly #oldest: Statement<[Oldest], Row>;
  readonly #docs: Statement<[number], Doc>;
  readonly #deleteText: Statement<[number]>;
  readonly #deleteExchange: Statement<[number]>;
  readonly #subtract: Statement<[Sums & { session: number; requests: number }]>;
  readonly #closeSession: Statement<[{ session: number }]>;

  constructor(database: Database, deletions: DeletionCount) {
    this.#database = database;
    this.#deletions = deletions;
    this.#sharedDocs = new SharedDocs(database);
    this.#oldest = database.prepare(`
      SELECT *,
        (SELECT count(*) FROM tool_calls WHERE tool_calls.exchange_key = rows.exchange_key)
          AS tool_calls
      FROM (${EXCHANGE_ROWS}
        WHERE session_key = @session AND exchanges.started_at < @before AND outcome IS NOT NULL
        ORDER BY exchanges.started_at, exchange_key LIMIT @limit) AS rows`);
    this.#docs = database.prepare(
      'SELECT doc_key, session_key, segment_key FROM docs WHERE exchange_key = ?',
    );
    this.#deleteText = database.prepare('DELETE FROM texts WHERE rowid = ?');
    // Its docs and tool calls go with it by their foreign keys.
    this.#deleteExchange = database.prepare('DELETE FROM exchanges WHERE exchange_key = ?');
    this.#subtract = database.prepare(`
      UPDATE sessions SET request_count = request_count - @requests,
        ${SUM_COLUMNS.map((column) => `${column} = ${column} - @${column}`).join(', ')},
        started_at = coalesce(
          (SELECT min(started_at) FROM exchanges WHERE session_key = @session), started_at)
      WHERE session_key = @session`);
    this.#closeSession = database.prepare(`
      DELETE FROM sessions WHERE session_key = @session
        AND NOT EXISTS (SELECT 1 FROM exchanges WHERE session_key = @session)`);
  }

  /**
   * Deletes some of the session's ended exchanges that began before `before` (epoch milliseconds),
   * and the session itself after its last one. 0 when there are none left.
   */
  step(session: number, before: number): number {
    return this.#database
      .transaction(() => {
        const rows = this.#oldest.all({ session, before, limit: EXCHANGES_PER_STEP });
        for (const row of rows) this.#delete(session, row);
        this.#closeSession.run({ session });
        if (rows.length > 0) this.#deletions.add();
        return rows.length;
      })
      .immediate();
  }

  #delete(session: number, row: Row): void {
    for (const doc of this.#docs.all(row.exchange_key)) {
      // Prompts and tools that other sessions share stay findable as long as one of them is kept.
      const isShared = doc.session_key !== session;
      if (isShared && this.#sharedDocs.moveTo(session, doc)) continue;
      this.#deleteText.run(doc.doc_key);
    }
    this.#deleteExchange.run(row.exchange_key);
    this.#subtract.run({
      session,
      requests: row.is_counted,
      ...storedSums(row, row.tool_calls),
    });
  }
}
