/** Columns that sum exchanges, once over `sessions` and once over `exchanges`, and what they mean. */
import type { Outcome } from '../../core/exchange.ts';
import type { Stats, ToolStats } from '../../core/ports.ts';
import { type CostColumns, costSumOf, type UsageColumns, usageOf } from './exchange-row.ts';

export interface SumRow extends UsageColumns, CostColumns {
  readonly sessions: number;
  readonly requests: number;
  readonly completed: number;
  readonly failed: number;
  readonly incomplete: number;
  readonly aborted: number;
  readonly interrupted: number;
  readonly usages: number;
  readonly unknown_usages: number;
  readonly timed: number;
  readonly total_ms: number;
  readonly overhead_ms: number;
}

const TOKEN_COLUMNS = [
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
  'reasoning_tokens',
];
const OUTCOMES: readonly Outcome[] = [
  'completed',
  'failed',
  'incomplete',
  'aborted',
  'interrupted',
];
const TIMED = 'is_counted AND ended_ms IS NOT NULL AND exchanges.overhead_ms IS NOT NULL';

/** Both tables are joined with others that have columns of the same names. */
function totals(table: string, columns: readonly string[]): string {
  return columns.map((name) => `total(${table}.${name}) AS ${name}`).join(', ');
}

export const SESSION_SUMS = `
  count(*) AS sessions, total(request_count) AS requests,
  ${OUTCOMES.map((name) => `total(${name}_count) AS ${name}`).join(', ')},
  total(usage_count) AS usages, total(unknown_usage_count) AS unknown_usages,
  ${totals('sessions', [...TOKEN_COLUMNS, 'cost_nano_usd', 'exact_cost_count', 'estimated_cost_count'])},
  total(timed_count) AS timed, total(total_ms) AS total_ms, total(overhead_ms) AS overhead_ms`;

/** EXCHANGE_SUMS without the sessions, whose count is no sum of its groups' counts. */
export const GROUPED_SUMS = `
  total(is_counted) AS requests,
  ${OUTCOMES.map(
    (name) => `count(*) FILTER (WHERE outcome = '${name}' AND is_counted) AS ${name}`,
  ).join(', ')},
  count(exchanges.input_tokens) AS usages, total(is_usage_unknown) AS unknown_usages,
  ${totals('exchanges', [...TOKEN_COLUMNS, 'cost_nano_usd'])},
  count(*) FILTER (WHERE cost_certainty = 'exact') AS exact_cost_count,
  count(*) FILTER (WHERE cost_certainty = 'estimated') AS estimated_cost_count,
  count(*) FILTER (WHERE ${TIMED}) AS timed,
  total(ended_ms) FILTER (WHERE ${TIMED}) AS total_ms,
  total(exchanges.overhead_ms) FILTER (WHERE ${TIMED}) AS overhead_ms`;

export const EXCHANGE_SUMS = `count(DISTINCT session_key) AS sessions, ${GROUPED_SUMS}`;

const ADDED = [
  'cost_nano_usd',
  ...TOKEN_COLUMNS,
  'requests',
  ...OUTCOMES,
  'usages',
  'unknown_usages',
  'exact_cost_count',
  'estimated_cost_count',
  'timed',
  'total_ms',
  'overhead_ms',
];
/** GROUPED_SUMS over a table `parts` of them. */
export const SUMS_OF_PARTS = totals('parts', ADDED);
/** The columns of such a table. */
export const PART_COLUMNS = ADDED.join(', ');

/** A group of tool_calls. */
export const TOOL_SUMS = `
  count(*) AS calls, count(*) FILTER (WHERE is_error = 1) AS failures,
  count(duration_ms) AS timed, total(duration_ms) AS totalMs, max(duration_ms) AS maxMs,
  total(coalesce(argument_bytes, octet_length(arguments))) AS argumentBytes,
  total(result_bytes) AS resultBytes`;
/** TOOL_SUMS over a table of them. */
export const SUMS_OF_TOOLS = `
  CAST(total(calls) AS INTEGER) AS calls, CAST(total(failures) AS INTEGER) AS failures,
  CAST(total(timed) AS INTEGER) AS timed, total(totalMs) AS totalMs, max(maxMs) AS maxMs,
  total(argumentBytes) AS argumentBytes, total(resultBytes) AS resultBytes`;

export function statsOf(
  sessionId: string | null,
  sums: SumRow,
  tools: readonly ToolStats[],
): Stats {
  const outcomes = OUTCOMES.filter((name) => sums[name] > 0).map((name) => [name, sums[name]]);
  return {
    sessionId,
    sessions: sums.sessions,
    requests: sums.requests,
    outcomes: Object.fromEntries(outcomes),
    usage: sums.usages === 0 ? null : usageOf(sums),
    unknownUsage: sums.unknown_usages,
    cost: costSumOf(sums, sums.usages + sums.unknown_usages),
    tools,
    timed: sums.timed,
    totalMs: sums.total_ms,
    overheadMs: sums.overhead_ms,
  };
}
