/** Rate limits as they were last seen, by account. */
import type { AccountLimits, RateLimit } from '../../core/rate-limits.ts';
import type { Database, Statement } from '../database.ts';

interface LimitRow {
  readonly provider: string;
  readonly account: string;
  readonly name: string;
  readonly max_count: number | null;
  readonly remaining: number | null;
  readonly used_share: number | null;
  readonly resets_at: number | null;
  readonly status: string | null;
  readonly seen_at: number;
}

export class LimitQueries {
  readonly #all: Statement<[], LimitRow>;

  constructor(database: Database) {
    this.#all = database.prepare('SELECT * FROM rate_limits ORDER BY seen_at DESC, name');
  }

  /** Most recently seen first; the table itself is bounded. */
  all(): AccountLimits[] {
    const accounts = Map.groupBy(this.#all.all(), (row) => `${row.provider} ${row.account}`);
    return [...accounts.values()].flatMap((rows) => {
      const [first] = rows;
      if (first === undefined) return [];
      const { account, provider, seen_at: seenAt } = first;
      return [{ account, provider, seenAt, limits: rows.map(limitOf) }];
    });
  }
}

function limitOf(row: LimitRow): RateLimit {
  return {
    name: row.name,
    limit: row.max_count,
    remaining: row.remaining,
    usedShare: row.used_share,
    resetsAt: row.resets_at,
    status: row.status,
  };
}
