/** Sums over spans of time, as the Dashboard and Analytics show them. Pure. */
import { addCostSums, type CostSum, NO_COST } from '../../../core/cost.ts';
import type { LatencyBucket } from '../../../core/histogram.ts';
import type { Activity } from '../../../core/ports.ts';
import { addUsage, NO_USAGE, type Usage } from '../../../core/usage.ts';

export const RANGES = [
  { value: 'today', text: 'today', days: 1 },
  { value: '7d', text: '7 days', days: 7 },
  { value: '30d', text: '30 days', days: 30 },
] as const;
export type RangeName = (typeof RANGES)[number]['value'];

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;

/** Local midnight of the first day; hours within one day, days otherwise. */
export function rangeOf(
  name: RangeName,
  now: number,
): { readonly from: number; readonly step: 'hour' | 'day' } {
  const days = RANGES.find(({ value }) => value === name)?.days ?? 1;
  const start = new Date(now);
  start.setHours(0, 0, 0, 0);
  start.setDate(start.getDate() - (days - 1));
  return { from: start.getTime(), step: days === 1 ? 'hour' : 'day' };
}

export interface Totals {
  readonly requests: number;
  readonly failed: number;
  readonly usage: Usage | null;
  readonly cost: CostSum;
  readonly latency: readonly LatencyBucket[];
}

export function totalsOf(spans: readonly Activity[]): Totals {
  return {
    requests: spans.reduce((sum, span) => sum + span.requests, 0),
    failed: spans.reduce((sum, span) => sum + span.failed, 0),
    usage: spans.reduce<Usage | null>(
      (sum, { usage }) => (usage === null ? sum : addUsage(sum ?? NO_USAGE, usage)),
      null,
    ),
    cost: spans.reduce((sum, { cost }) => addCostSums(sum, cost), NO_COST),
    latency: spans.flatMap(({ latency }) => latency),
  };
}
