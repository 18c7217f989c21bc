/** A session's latencies as lines of the statistics: median and 95th percentile. Pure. */
import { formatDuration } from '../../core/format.ts';
import type { LatencyStats, Spread } from '../../core/ports.ts';

const LABEL_WIDTH = 21;

/** Only what was measured. */
export function latencyLines(latency: LatencyStats): string[] {
  const rows = [
    durations('Upload:', latency.upload),
    durations('Queue:', latency.queue),
    durations('Connect:', latency.connect),
    durations('First byte:', latency.firstByte),
    durations('First token:', latency.firstToken),
    gaps(latency),
    speeds(latency.tokensPerSecond),
  ].filter((row) => row !== null);
  if (rows.length === 0) return [];
  return [
    '  Latency (median, 95%):',
    ...rows.map(([label, text]) => `    ${label.padEnd(LABEL_WIDTH - 2)}${text}`),
  ];
}

type Row = readonly [label: string, text: string];

function durations(label: string, spread: Spread | null): Row | null {
  return spread === null ? null : [label, `${short(spread.p50)}, ${short(spread.p95)}`];
}

/** Each answer's own percentiles; of several answers, the median. */
function gaps({ gapP50, gapP95, gapP99 }: LatencyStats): Row | null {
  if (gapP50 === null || gapP95 === null || gapP99 === null) return null;
  const values = [gapP50, gapP95, gapP99].map(({ p50 }) => short(p50));
  return ['Between tokens:', `${values.join(', ')} (median, 95%, 99%)`];
}

function speeds(spread: Spread | null): Row | null {
  if (spread === null) return null;
  return ['Tokens per second:', `${spread.p50.toFixed(1)}, ${spread.p95.toFixed(1)}`];
}

/** Fractions of a millisecond are what a proxy adds: 0ms would not be true. */
function short(ms: number): string {
  return ms < 9.5 ? `${ms.toFixed(1)}ms` : formatDuration(ms);
}
