/** Writes `rate_limits`: the newest word wins, whatever order the answers are written in. */
import type { AccountLimits } from '../../core/rate-limits.ts';
import type { Database, Statement } from '../database.ts';

interface LimitRow {
  readonly provider: string;
  readonly account: string;
  readonly name: string;
  readonly limit: number | null;
  readonly remaining: number | null;
  readonly usedShare: number | null;
  readonly resetsAt: number | null;
  readonly status: string | null;
  readonly seenAt: number;
}

/** Accounts come and go with keys; the least recently seen leave. */
const MAX_ROWS = 2_000;

export class RateLimitRows {
  readonly #put: Statement<[LimitRow]>;
  readonly #prune: Statement<[number]>;

  constructor(database: Database) {
    this.#put = database.prepare(`
      INSERT INTO rate_limits VALUES (
        @provider, @account, @name, @limit, @remaining, @usedShare, @resetsAt, @status, @seenAt)
      ON CONFLICT DO UPDATE SET max_count = excluded.max_count, remaining = excluded.remaining,
        used_share = excluded.used_share, resets_at = excluded.resets_at,
        status = excluded.status, seen_at = excluded.seen_at
      WHERE excluded.seen_at >= seen_at`);
    this.#prune = database.prepare(`
      DELETE FROM rate_limits WHERE (provider, account, name) IN (
        SELECT provider, account, name FROM rate_limits ORDER BY seen_at DESC LIMIT -1 OFFSET ?)`);
  }

  put({ provider, account, seenAt, limits }: AccountLimits): void {
    let added = 0;
    for (const limit of limits) {
      added += this.#put.run({ ...limit, provider, account, seenAt }).changes;
    }
    if (added > 0) this.#prune.run(MAX_ROWS);
  }
}
