/**
 * What happened in a span of time, grouped as the statistics screen shows it. Meant to be asked for a
 * day at a time: a day's rows are read in milliseconds where a year's would hold up the reader.
 */
import { addCostSums, NO_COST } from '../../core/cost.ts';
import { OTHER_SESSION } from '../../core/exchange.ts';
import { LATENCY_GROWTH } from '../../core/histogram.ts';
import type { Activity } from '../../core/ports.ts';
import { addUsage, NO_USAGE } from '../../core/usage.ts';
import type { Database, Statement } from '../database.ts';
import type { ClosedDays } from './closed-days.ts';
import { type CostColumns, costSumOf, type UsageColumns, usageOf } from './exchange-row.ts';

interface Span {
  readonly from: number;
  readonly to: number;
  readonly hidden: string;
}

interface ModelRow extends UsageColumns, CostColumns {
  readonly model: string | null;
  readonly requests: number;
  readonly failed: number;
  readonly usages: number;
  /** Exchanges that cost something, priced or not. */
  readonly spent: number;
}

/** Why exchanges were not completed, or how long the completed ones took. */
interface EndRow {
  readonly code: string | null;
  readonly bucket: number | null;
  readonly count: number;
}

/** Names come from the wire: more of them in one span are not shown. */
const MAX_GROUPS = 200;

const EXCHANGES = `
  FROM exchanges
  WHERE started_at >= @from AND started_at < @to
    AND session_key IS NOT (SELECT session_key FROM sessions WHERE session_id = @hidden)`;

export class ActivityQueries {
  readonly #days: ClosedDays;
  readonly #models: Statement<[Span], ModelRow>;
  readonly #ends: Statement<[Span], EndRow>;
  readonly #tools: Statement<[Span], Activity['tools'][number]>;

  constructor(database: Database, days: ClosedDays) {
    this.#days = days;
    this.#models = database.prepare(`
      SELECT coalesce(model_used, model) AS model, total(is_counted) AS requests,
        count(*) FILTER (WHERE is_counted AND outcome IS NOT NULL AND outcome <> 'completed') AS failed,
        count(input_tokens) AS usages, total(input_tokens) AS input_tokens,
        total(output_tokens) AS output_tokens, total(cache_read_tokens) AS cache_read_tokens,
        total(cache_write_5m_tokens) AS cache_write_5m_tokens,
        total(cache_write_1h_tokens) AS cache_write_1h_tokens,
        total(reasoning_tokens) AS reasoning_tokens,
        count(input_tokens) + total(is_usage_unknown) AS spent,
        total(cost_nano_usd) AS cost_nano_usd,
        count(*) FILTER (WHERE cost_certainty = 'exact') AS exact_cost_count,
        count(*) FILTER (WHERE cost_certainty = 'estimated') AS estimated_cost_count
      ${EXCHANGES} GROUP BY 1 ORDER BY requests DESC`);
    // Both in one pass over the rows, which is what takes the time.
    this.#ends = database.prepare(`
      SELECT iif(outcome = 'completed', NULL, coalesce(error_code, outcome)) AS code,
        iif(outcome = 'completed', CAST(ln(max(ended_ms, 1)) / ${Math.log(LATENCY_GROWTH)} AS INTEGER),
          NULL) AS bucket,
        count(*) AS count
      ${EXCHANGES} AND is_counted AND outcome IS NOT NULL GROUP BY 1, 2 ORDER BY count DESC`);
    this.#tools = database.prepare(`
      SELECT name, count(*) AS calls, count(*) FILTER (WHERE is_error = 1) AS failures,
        count(duration_ms) AS timed, total(duration_ms) AS totalMs
      FROM exchanges CROSS JOIN tool_calls USING (exchange_key)
      WHERE started_at >= @from AND started_at < @to
        AND exchanges.session_key IS NOT (SELECT session_key FROM sessions WHERE session_id = @hidden)
      GROUP BY name ORDER BY calls DESC LIMIT ${MAX_GROUPS}`);
  }

  between(from: number, to: number): Activity {
    return this.#days.activity({ from, to }, () => this.#read(from, to));
  }

  #read(from: number, to: number): Activity {
    const span = { from, to, hidden: OTHER_SESSION };
    const models = this.#models.all(span);
    const ends = this.#ends.all(span);
    return {
      from,
      requests: models.reduce((sum, { requests }) => sum + requests, 0),
      failed: models.reduce((sum, { failed }) => sum + failed, 0),
      usage: usageOfAll(models),
      cost: models.reduce((sum, row) => addCostSums(sum, costSumOf(row, row.spent)), NO_COST),
      models: models.slice(0, MAX_GROUPS).map((row) => ({
        model: row.model,
        requests: row.requests,
        failed: row.failed,
        inputTokens: row.input_tokens ?? 0,
        outputTokens: row.output_tokens ?? 0,
        cost: costSumOf(row, row.spent),
      })),
      errors: ends
        .flatMap(({ code, count }) => (code === null ? [] : [{ code, count }]))
        .slice(0, MAX_GROUPS),
      tools: this.#tools.all(span),
      latency: ends
        .flatMap(({ bucket, count }) => (bucket === null ? [] : [{ bucket, count }]))
        .toSorted((a, b) => a.bucket - b.bucket),
    };
  }
}

function usageOfAll(rows: readonly ModelRow[]): Activity['usage'] {
  const known = rows.filter(({ usages }) => usages > 0);
  if (known.length === 0) return null;
  return known.reduce((sum, row) => addUsage(sum, usageOf(row) ?? NO_USAGE), NO_USAGE);
}
