/** Columns of money, details and gaps: both ways between an ExchangeEnd and its row. Pure. */
import type { Cost } from '../../core/cost.ts';
import type { ExchangeEnd } from '../../core/exchange.ts';
import { GAP_BOUNDS_MS, type TokenGaps } from '../../core/latency.ts';
import { NO_DETAILS, type UsageDetails } from '../../core/usage-details.ts';
import type { UsageEstimate } from '../../core/usage-estimate.ts';

const EMPTY = [0, 0] as const;

export const NUMBER_COLUMNS = [
  'cost_nano_usd',
  'cost_certainty',
  'price_version',
  'usage_details',
  'estimated_input_tokens',
  'estimated_output_tokens',
  'gap_p50_ms',
  'gap_p95_ms',
  'gap_p99_ms',
  'gap_buckets',
] as const;

export interface NumberColumns {
  readonly cost_nano_usd: number | null;
  readonly cost_certainty: string | null;
  readonly price_version: string | null;
  readonly usage_details: string | null;
  readonly estimated_input_tokens: number | null;
  readonly estimated_output_tokens: number | null;
  readonly gap_p50_ms: number | null;
  readonly gap_p95_ms: number | null;
  readonly gap_p99_ms: number | null;
  readonly gap_buckets: string | null;
}

export function numberColumns({ cost, details, estimate, timing }: ExchangeEnd): NumberColumns {
  const gaps = timing.tokenGaps;
  return {
    cost_nano_usd: cost?.nanoUsd ?? null,
    cost_certainty: cost?.certainty ?? null,
    price_version: cost?.priceVersion ?? null,
    usage_details: detailsText(details),
    estimated_input_tokens: estimate?.input ?? null,
    estimated_output_tokens: estimate?.output ?? null,
    gap_p50_ms: gaps?.p50 ?? null,
    gap_p95_ms: gaps?.p95 ?? null,
    gap_p99_ms: gaps?.p99 ?? null,
    gap_buckets: gaps === null ? null : bucketsText(gaps.buckets),
  };
}

/** Empty buckets are 0, those at the end are left out: a third of the length. */
function bucketsText(buckets: TokenGaps['buckets']): string {
  const last = buckets.findLastIndex(([count]) => count > 0);
  return JSON.stringify(buckets.slice(0, last + 1).map((bucket) => (bucket[0] === 0 ? 0 : bucket)));
}

/** Both ways in which they were written. */
function bucketsOf(text: string): (readonly [number, number])[] {
  const stored: (0 | readonly [number, number])[] = JSON.parse(text);
  return Array.from({ length: GAP_BOUNDS_MS.length + 1 }, (_, at) => stored[at] || EMPTY);
}

/** Most exchanges have none: then nothing is stored. */
function detailsText(details: UsageDetails): string | null {
  const text = JSON.stringify(details);
  return text === JSON.stringify(NO_DETAILS) ? null : text;
}

export function costOfRow(
  row: Pick<NumberColumns, 'cost_nano_usd' | 'cost_certainty' | 'price_version'>,
): Cost | null {
  if (row.cost_nano_usd === null) return null;
  return {
    nanoUsd: row.cost_nano_usd,
    certainty: row.cost_certainty === 'exact' ? 'exact' : 'estimated',
    priceVersion: row.price_version ?? '',
  };
}

export function detailsOfRow({ usage_details: text }: NumberColumns): UsageDetails {
  return text === null ? NO_DETAILS : { ...NO_DETAILS, ...JSON.parse(text) };
}

export function estimateOfRow(row: NumberColumns): UsageEstimate | null {
  const { estimated_input_tokens: input, estimated_output_tokens: output } = row;
  return input === null || output === null ? null : { input, output };
}

type GapColumns = Pick<NumberColumns, 'gap_p50_ms' | 'gap_p95_ms' | 'gap_p99_ms' | 'gap_buckets'>;

export function gapsOfRow(row: GapColumns): TokenGaps | null {
  const { gap_p50_ms: p50, gap_p95_ms: p95, gap_p99_ms: p99, gap_buckets: text } = row;
  if (p50 === null || p95 === null || p99 === null || text === null) return null;
  const buckets = bucketsOf(text);
  return { count: buckets.reduce((sum, [count]) => sum + count, 0), p50, p95, p99, buckets };
}
