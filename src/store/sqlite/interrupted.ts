/** Ends what dead processes left open, once, at the start of a new one. */
import type { Auxiliary } from '../../core/exchange.ts';
import type { Database } from '../database.ts';
import { closeDeadRuns } from './runs.ts';
import type { SessionRows } from './session-rows.ts';
import { type Countable, sumsOf } from './sums.ts';

interface OpenRow {
  readonly exchange_key: number;
  readonly session_key: number;
  readonly auxiliary: Auxiliary;
  readonly dialect: string | null;
  readonly last_activity_at: number;
}

interface Now {
  readonly run: number;
  readonly at: number;
}

/** Marks them `interrupted`; when they really ended is unknown, so the session's last sign of life stands. */
export function endOrphans(database: Database, sessions: SessionRows, now: Now): void {
  closeDeadRuns(database, now.run, now.at);
  const orphans = database
    .prepare<[], OpenRow>(
      `SELECT exchange_key, session_key, auxiliary, dialect, last_activity_at
       FROM exchanges JOIN runs USING (run_key) JOIN sessions USING (session_key)
         JOIN origins USING (origin_key)
       WHERE outcome IS NULL AND closed_at IS NOT NULL`,
    )
    .all();
  const end = database.prepare<[number, number, number]>(
    `UPDATE exchanges SET outcome = 'interrupted', ended_at = ?, is_usage_unknown = ?
     WHERE exchange_key = ?`,
  );
  for (const row of orphans) {
    const sums = sumsOf(interrupted(row.auxiliary, row.dialect !== null));
    end.run(row.last_activity_at, sums.unknown_usage_count, row.exchange_key);
    sessions.add({ session: row.session_key, at: row.last_activity_at, model: null }, sums);
  }
}

/** An exchange of which only the request is known. */
export function interrupted(auxiliary: Auxiliary, hasDialect: boolean): Countable {
  return {
    auxiliary,
    hasDialect,
    outcome: 'interrupted',
    status: null,
    usage: null,
    cost: null,
    timing: { ended: null, overhead: null },
    toolCalls: 0,
  };
}
