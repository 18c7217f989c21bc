/** How fast exchanges were: each measure's median, 95th percentile and maximum. */
import { latencyOf, percentile } from '../../core/latency.ts';
import type { LatencyStats, Spread } from '../../core/ports.ts';
import type { Database, Statement } from '../database.ts';
import { type TimingColumns, timingOfRow, type UsageColumns, usageOf } from './exchange-row.ts';

interface Parameters {
  readonly session: string | null;
  readonly since: number;
  readonly limit: number;
}

/** The newest ones say how fast it is; more would only take longer to sort. */
const MAX_EXCHANGES = 10_000;

export class LatencyQueries {
  readonly #rows: Statement<[Parameters], TimingColumns & UsageColumns>;

  constructor(database: Database) {
    // By name: ten thousand rows with their headers and recipes would take ten times as long.
    this.#rows = database.prepare(`
      SELECT received_ms, sent_ms, connect_ms, first_byte_ms, first_token_ms, ended_ms, overhead_ms,
        gap_p50_ms, gap_p95_ms, gap_p99_ms, gap_buckets, input_tokens, output_tokens,
        cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, reasoning_tokens
      FROM exchanges CROSS JOIN origins USING (origin_key)
      WHERE is_counted AND outcome = 'completed' AND exchanges.started_at >= @since
        AND dialect IS NOT NULL
        AND (@session IS NULL
          OR session_key = (SELECT session_key FROM sessions WHERE session_id = @session))
      ORDER BY exchanges.started_at DESC LIMIT @limit`);
  }

  latency({ sessionId, since }: { sessionId?: string; since?: number }): LatencyStats {
    const rows = this.#rows.all({
      session: sessionId ?? null,
      since: since ?? 0,
      limit: MAX_EXCHANGES,
    });
    const all = rows.map((row) => latencyOf(timingOfRow(row), usageOf(row)));
    const spread = (pick: (one: (typeof all)[number]) => number | null): Spread | null =>
      spreadOf(all.map(pick).filter((value) => value !== null));
    return {
      upload: spread(({ upload }) => upload),
      queue: spread(({ queue }) => queue),
      connect: spread(({ connect }) => connect),
      firstByte: spread(({ firstByte }) => firstByte),
      firstToken: spread(({ firstToken }) => firstToken),
      tokensPerSecond: spread(({ tokensPerSecond }) => tokensPerSecond),
      gapP50: spread(({ gaps }) => gaps?.p50 ?? null),
      gapP95: spread(({ gaps }) => gaps?.p95 ?? null),
      gapP99: spread(({ gaps }) => gaps?.p99 ?? null),
      overhead: spread(({ overhead }) => overhead),
      total: spread(({ total }) => total),
    };
  }
}

function spreadOf(values: readonly number[]): Spread | null {
  const sorted = values.toSorted((a, b) => a - b);
  const p50 = percentile(sorted, 0.5);
  const p95 = percentile(sorted, 0.95);
  const max = sorted.at(-1) ?? null;
  return p50 === null || p95 === null || max === null
    ? null
    : { count: sorted.length, p50, p95, max };
}
