/**
 * What is true at the moment of a scrape and comes with no event: the counters that the workers share
 * and the size of the store. Plain numbers; whoever serves the metrics reads them.
 */
import { BATCH_BOUNDS_MS, TAP_COUNTERS, type TapCounters } from '../core/tap.ts';

export interface Readings {
  readonly queueBytes: number;
  readonly droppedBytes: number;
  readonly droppedExchanges: number;
  readonly upstreamConnections: number;
  readonly upstreamRetries: number;
  readonly webSockets: number;
  readonly webSocketFrames: number;
  readonly batchSeconds: number;
  /** Per bound of BATCH_BOUNDS_MS, and one more. */
  readonly batches: readonly number[];
  /** Bytes on disk; null when nothing is stored or it cannot be read. */
  readonly storeBytes: number | null;
}

export function readCounters(counters: TapCounters): Omit<Readings, 'storeBytes'> {
  const read = (index: number): number => Number(Atomics.load(counters, index));
  return {
    queueBytes: read(TAP_COUNTERS.queuedBytes),
    droppedBytes: read(TAP_COUNTERS.droppedBytes),
    droppedExchanges: read(TAP_COUNTERS.droppedExchanges),
    upstreamConnections: read(TAP_COUNTERS.upstreamConnections),
    upstreamRetries: read(TAP_COUNTERS.upstreamRetries),
    webSockets: read(TAP_COUNTERS.webSockets),
    webSocketFrames: read(TAP_COUNTERS.webSocketFrames),
    batchSeconds: read(TAP_COUNTERS.batchMicros) / 1e6,
    batches: Array.from({ length: BATCH_BOUNDS_MS.length + 1 }, (_, index) =>
      read(TAP_COUNTERS.batches + index),
    ),
  };
}
