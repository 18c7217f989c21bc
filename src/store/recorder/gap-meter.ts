/**
 * Measures how the pieces of one streamed answer follow each other. Pieces that came in one read
 * count as one arrival. Bounded: of an absurdly long answer the first gaps stand for the rest.
 */
import { GAP_BOUNDS_MS, percentile, type TokenGaps } from '../../core/latency.ts';

/** Some 100,000 tokens' worth of chunks, 160 kB. */
const MAX_GAPS = 20_000;

export class GapMeter {
  readonly #gaps: number[] = [];
  #lastTime: number | null = null;

  /** `t`: monotonic milliseconds at which content arrived. */
  arrive(t: number): void {
    const last = this.#lastTime;
    this.#lastTime = t;
    if (last === null || t <= last || this.#gaps.length >= MAX_GAPS) return;
    this.#gaps.push(t - last);
  }

  /** Null while there are no two arrivals. */
  result(): TokenGaps | null {
    const sorted = this.#gaps.toSorted((a, b) => a - b);
    const p50 = percentile(sorted, 0.5);
    const p95 = percentile(sorted, 0.95);
    const p99 = percentile(sorted, 0.99);
    if (p50 === null || p95 === null || p99 === null) return null;
    return { count: sorted.length, p50, p95, p99, buckets: bucketsOf(sorted) };
  }
}

function bucketsOf(sorted: readonly number[]): [number, number][] {
  const buckets = [...GAP_BOUNDS_MS, Number.POSITIVE_INFINITY].map((): [number, number] => [0, 0]);
  for (const gap of sorted) {
    const index = GAP_BOUNDS_MS.findIndex((bound) => gap <= bound);
    const bucket = buckets.at(index);
    if (bucket === undefined) continue;
    bucket[0] += 1;
    bucket[1] += gap;
  }
  return buckets;
}
