/**
 * Durations of an exchange as a person asks for them, made of its clock marks; nothing is measured
 * here. Milliseconds; null where a mark is missing. Pure.
 */
import type { Timing } from './exchange.ts';
import type { Usage } from './usage.ts';

/** How the pieces of a streamed answer followed each other. */
export interface TokenGaps {
  /** Gaps between arrivals; at most so many are kept per answer, the first ones. */
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Per bound of GAP_BOUNDS_MS, and one for what is longer: how many gaps, and their sum in ms. */
  readonly buckets: readonly (readonly [count: number, sumMs: number])[];
}

export const GAP_BOUNDS_MS: readonly number[] = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000,
];

export interface Latency {
  /** The client's request, from its first byte to its last. */
  readonly upload: number | null;
  /** Waiting inside LunaRoute, retries of a refused connection included. */
  readonly queue: number | null;
  /** Opening the connection; null when one was reused. */
  readonly connect: number | null;
  /** First byte to the provider → first byte from it. */
  readonly firstByte: number | null;
  /** First byte to the provider → first content. */
  readonly firstToken: number | null;
  /** Output tokens per second, from the first content to the end. */
  readonly tokensPerSecond: number | null;
  readonly total: number | null;
  readonly overhead: number | null;
  readonly gaps: TokenGaps | null;
}

export function latencyOf(timing: Timing, usage: Usage | null): Latency {
  const { received, sent, connect, firstByte, firstToken, ended, overhead } = timing;
  const wait = span(received, sent);
  const streaming = span(firstToken, ended);
  return {
    upload: received,
    queue: wait === null ? null : Math.max(0, wait - (connect ?? 0)),
    connect,
    firstByte: span(sent, firstByte),
    firstToken: span(sent, firstToken),
    tokensPerSecond:
      usage === null || streaming === null || streaming === 0
        ? null
        : (usage.output * 1000) / streaming,
    total: ended,
    overhead,
    gaps: timing.tokenGaps,
  };
}

function span(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : Math.max(0, to - from);
}

/** The smallest value that `share` (0 to 1) of the values do not exceed; null of none. */
export function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}
