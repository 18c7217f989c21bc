import {
  type EndCause,
  type OpenRecord,
  TAP_COUNTER_COUNT,
  TAP_COUNTERS,
  type TapBatch,
  type TapCounters,
  type TapRecord,
} from '../../src/core/tap.ts';
import { waitFor } from './proxy-wait.ts';

export interface TappedExchange {
  readonly open: OpenRecord;
  readonly kinds: readonly string[];
  readonly request: Buffer;
  readonly response: Buffer;
  readonly dropped: number;
  readonly end: EndCause | null;
  readonly records: readonly TapRecord[];
}

export function makeCounters(): TapCounters {
  return new BigInt64Array(new SharedArrayBuffer(8 * TAP_COUNTER_COUNT));
}

/** Stands in for the recorder: takes batches as a MessagePort's other side would. */
export class FakeRecorder {
  readonly counters: TapCounters;
  readonly batches: TapBatch[] = [];
  /** While true, batches stay in the queue: queuedBytes is not given back. */
  isStalled = false;

  constructor(counters: TapCounters = makeCounters()) {
    this.counters = counters;
  }

  postMessage(batch: TapBatch, transfer: readonly ArrayBuffer[]): void {
    const received = structuredClone(batch, { transfer: [...transfer] });
    this.batches.push(received);
    if (this.isStalled) return;
    Atomics.sub(this.counters, TAP_COUNTERS.queuedBytes, BigInt(received.slab.byteLength));
  }

  counter(name: keyof typeof TAP_COUNTERS): number {
    return Number(this.counters[TAP_COUNTERS[name]]);
  }

  exchanges(): TappedExchange[] {
    const opens = this.batches.flatMap(({ records }) => records).filter((r) => r.kind === 'open');
    return opens.map((open) => this.#exchange(open));
  }

  /** The nth exchange, once it has ended. */
  async ended(index = 0): Promise<TappedExchange> {
    return waitFor(() => {
      const exchange = this.exchanges()[index];
      return exchange !== undefined && exchange.end !== null ? exchange : null;
    }, `exchange ${index} to end`);
  }

  #exchange(open: OpenRecord): TappedExchange {
    const records = this.batches.flatMap((b) => b.records).filter((r) => r.id === open.id);
    const ends = records.filter((r) => r.kind === 'end');
    return {
      open,
      records,
      kinds: records.map((r) => r.kind),
      request: this.#bytes(open.id, 'request'),
      response: this.#bytes(open.id, 'response'),
      dropped: records.reduce((sum, r) => (r.kind === 'dropped' ? sum + r.bytes : sum), 0),
      end: ends[0]?.cause ?? null,
    };
  }

  #bytes(id: string, direction: 'request' | 'response'): Buffer {
    const parts: Buffer[] = [];
    for (const { slab, records } of this.batches) {
      for (const r of records) {
        if (r.kind !== 'bytes' || r.id !== id || r.direction !== direction) continue;
        parts.push(Buffer.from(slab, r.range.offset, r.range.length));
      }
    }
    return Buffer.concat(parts);
  }
}
