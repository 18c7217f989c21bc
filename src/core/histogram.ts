/**
 * Durations as a histogram whose buckets grow by a tenth: percentiles of any span of time from
 * counts that simply add up, at most 5 % wrong. Pure.
 */
export const LATENCY_GROWTH = 1.1;

export interface LatencyBucket {
  /** floor(log(ms) / log(LATENCY_GROWTH)); 0 holds everything up to 1 ms. */
  readonly bucket: number;
  readonly count: number;
}

/** Milliseconds below which `share` (0 to 1) of the durations lie; null when there are none. */
export function percentile(buckets: readonly LatencyBucket[], share: number): number | null {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return null;
  const sorted = buckets.toSorted((a, b) => a.bucket - b.bucket);
  let seen = 0;
  for (const { bucket, count } of sorted) {
    seen += count;
    if (seen >= share * total) return middleOf(bucket);
  }
  return null;
}

function middleOf(bucket: number): number {
  return LATENCY_GROWTH ** (bucket + 0.5);
}
