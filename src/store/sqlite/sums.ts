/**
 * What one exchange adds to its session's sums. Pure, and the only place that says what counts:
 * session totals are true sums of this over its exchanges (DESIGN section 8).
 */
import type { Cost } from '../../core/cost.ts';
import type { Auxiliary, Outcome, Timing } from '../../core/exchange.ts';
import { isCounted, isUsageUnknown } from '../../core/stats.ts';
import type { Usage } from '../../core/usage.ts';

/** Columns of `sessions` that change when an exchange ends. */
export const SUM_COLUMNS = [
  'error_count',
  'completed_count',
  'failed_count',
  'incomplete_count',
  'aborted_count',
  'interrupted_count',
  'usage_count',
  'unknown_usage_count',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
  'reasoning_tokens',
  'cost_nano_usd',
  'exact_cost_count',
  'estimated_cost_count',
  'tool_call_count',
  'timed_count',
  'total_ms',
  'overhead_ms',
] as const;

export type Sums = Readonly<Record<(typeof SUM_COLUMNS)[number], number>>;

/** The facts of an ended exchange that count. */
export interface Countable {
  readonly auxiliary: Auxiliary;
  readonly hasDialect: boolean;
  readonly outcome: Outcome;
  readonly status: number | null;
  readonly usage: Usage | null;
  readonly cost: Cost | null;
  readonly timing: Pick<Timing, 'ended' | 'overhead'>;
  readonly toolCalls: number;
}

export function sumsOf(exchange: Countable): Sums {
  const counted = isCounted(exchange.auxiliary);
  const is = (outcome: Outcome): number => Number(counted && exchange.outcome === outcome);
  const { usage } = exchange;
  return {
    error_count: is('failed') + is('incomplete'),
    completed_count: is('completed'),
    failed_count: is('failed'),
    incomplete_count: is('incomplete'),
    aborted_count: is('aborted'),
    interrupted_count: is('interrupted'),
    usage_count: Number(usage !== null),
    unknown_usage_count: Number(isUsageUnknown(exchange)),
    input_tokens: usage?.input ?? 0,
    output_tokens: usage?.output ?? 0,
    cache_read_tokens: usage?.cacheRead ?? 0,
    cache_write_5m_tokens: usage?.cacheWrite5m ?? 0,
    cache_write_1h_tokens: usage?.cacheWrite1h ?? 0,
    reasoning_tokens: usage?.reasoning ?? 0,
    cost_nano_usd: exchange.cost?.nanoUsd ?? 0,
    exact_cost_count: Number(exchange.cost?.certainty === 'exact'),
    estimated_cost_count: Number(exchange.cost?.certainty === 'estimated'),
    tool_call_count: exchange.toolCalls,
    ...timeSums(exchange.timing, counted),
  };
}

/** Only where both were measured, so that their ratio means something. */
function timeSums(
  timing: Countable['timing'],
  counted: boolean,
): Pick<Sums, 'timed_count' | 'total_ms' | 'overhead_ms'> {
  if (!counted || timing.ended === null || timing.overhead === null) {
    return { timed_count: 0, total_ms: 0, overhead_ms: 0 };
  }
  return { timed_count: 1, total_ms: timing.ended, overhead_ms: timing.overhead };
}

/** `a` without `b`, column by column. */
export function subtractSums(a: Sums, b: Sums): Sums {
  const difference = { ...a };
  for (const column of SUM_COLUMNS) difference[column] -= b[column];
  return difference;
}
