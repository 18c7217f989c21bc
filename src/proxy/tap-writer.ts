/**
 * Tells the recorder what crossed the sockets. Records and the chunks they describe are collected
 * for a few milliseconds, copied into one slab and posted, all outside the socket callbacks: a
 * callback only pushes a reference.
 * Must never wait, throw into the path, or hold more than the queue's bound: beyond it bytes are
 * dropped and counted, and exchanges that begin then are not recorded.
 */
import {
  type EndCause,
  type OpenRecord,
  TAP_COUNTERS,
  type TapBatch,
  type TapCounters,
  type TapDirection,
  type TapRecord,
} from '../core/tap.ts';

/**
 * Each flush wakes the recorder, which costs this thread some 50 µs: a stream's tokens share one. A
 * timer and not setImmediate(): undici writes a request to a kept connection in an immediate of its
 * own, which a flush would hold up.
 */
const FLUSH_AFTER_MS = 6;
/** With much to copy, so that no flush takes longer than some 0.2 ms. */
const FLUSH_SOON_MS = 1;
const MUCH_BYTES = 512 * 1024;

/** The part of a MessagePort that is needed. */
export interface TapPort {
  postMessage(batch: TapBatch, transfer: readonly ArrayBuffer[]): void;
}

export interface TapWriterOptions {
  readonly port: TapPort;
  readonly counters: TapCounters;
  /** Bytes posted and not yet taken, and those about to be posted. */
  readonly maxQueuedBytes: number;
  readonly now: () => number;
}

/** One exchange's line to the recorder. Calls after end() do nothing. */
export interface ExchangeTap {
  /** `arrived`: when, where nothing else marks it. */
  bytes(direction: TapDirection, chunk: Uint8Array, arrived?: number): void;
  received(): void;
  /** `connectMs` null when the connection had been open before. */
  sent(connectMs: number | null): void;
  /** `t`: when the head arrived; it has been written to the client by now. */
  head(t: number, status: number, headers: readonly string[]): void;
  end(cause: EndCause): void;
}

export class TapWriter {
  readonly #options: TapWriterOptions;
  #port: TapPort;
  /** Grows with each new recorder: exchanges of an earlier one introduce themselves again. */
  #generation = 0;
  #records: TapRecord[] = [];
  #chunks: Uint8Array[] = [];
  #size = 0;
  #timer: NodeJS.Timeout | null = null;
  /** The timer is the short one. */
  #isSoon = false;

  constructor(options: TapWriterOptions) {
    this.#options = options;
    this.#port = options.port;
  }

  get generation(): number {
    return this.#generation;
  }

  now(): number {
    return this.#options.now();
  }

  open(record: OpenRecord): ExchangeTap {
    if (!this.admits(1)) {
      this.#count(TAP_COUNTERS.droppedExchanges, 1);
      return UNRECORDED;
    }
    return new RecordedExchange(this, record);
  }

  /** A new recorder listens on `port`; what the old one had not taken is gone with it. */
  setPort(port: TapPort): void {
    this.#port = port;
    this.#generation += 1;
    this.#records = [];
    this.#chunks = [];
    this.#size = 0;
    Atomics.store(this.#options.counters, TAP_COUNTERS.queuedBytes, 0n);
  }

  push(record: TapRecord): void {
    this.#records.push(record);
    if (this.#size >= MUCH_BYTES && !this.#isSoon) {
      this.#isSoon = true;
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.flush(), FLUSH_SOON_MS);
    } else {
      this.#timer ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS);
    }
  }

  /** False when the queue has no room for `length` more bytes. */
  admits(length: number): boolean {
    return this.#queued() + this.#size + length <= this.#options.maxQueuedBytes;
  }

  pushBytes(id: string, direction: TapDirection, chunk: Uint8Array, arrived?: number): void {
    const range = { offset: this.#size, length: chunk.length };
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    const t = this.now();
    const heldMs = arrived === undefined ? null : t - arrived;
    this.push({ kind: 'bytes', id, t, direction, range, heldMs });
  }

  countDropped(bytes: number): void {
    this.#count(TAP_COUNTERS.droppedBytes, bytes);
  }

  /** Posts what is pending; for the end of the worker, and the writer's own timers. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#isSoon = false;
    if (this.#records.length === 0) return;
    const size = this.#size;
    try {
      const slab = concatenate(this.#chunks, size);
      this.#count(TAP_COUNTERS.queuedBytes, size);
      this.#port.postMessage({ slab, records: this.#records }, [slab]);
    } catch {
      // Out of memory or a closed port: the recorder's loss, never the client's.
      this.#count(TAP_COUNTERS.queuedBytes, -size);
      this.countDropped(size);
    }
    this.#records = [];
    this.#chunks = [];
    this.#size = 0;
  }

  #queued(): number {
    return Number(Atomics.load(this.#options.counters, TAP_COUNTERS.queuedBytes));
  }

  #count(counter: number, amount: number): void {
    Atomics.add(this.#options.counters, counter, BigInt(amount));
  }
}

class RecordedExchange implements ExchangeTap {
  readonly #writer: TapWriter;
  readonly #id: string;
  /** The records without bytes, for a new recorder that has not seen them. */
  readonly #milestones: TapRecord[] = [];
  readonly #posted = { request: 0, response: 0 };
  readonly #dropped = { request: 0, response: 0 };
  #generation: number;
  #hasEnded = false;

  constructor(writer: TapWriter, record: OpenRecord) {
    this.#writer = writer;
    this.#id = record.id;
    this.#generation = writer.generation;
    this.#milestone(record);
  }

  bytes(direction: TapDirection, chunk: Uint8Array, arrived?: number): void {
    if (this.#hasEnded || chunk.length === 0) return;
    this.#introduceAgain();
    if (!this.#writer.admits(chunk.length)) {
      this.#dropped[direction] += chunk.length;
      this.#writer.countDropped(chunk.length);
      return;
    }
    this.#reportDropped(direction);
    this.#posted[direction] += chunk.length;
    this.#writer.pushBytes(this.#id, direction, chunk, arrived);
  }

  received(): void {
    this.#milestone({ kind: 'received', id: this.#id, t: this.#writer.now() });
  }

  sent(connectMs: number | null): void {
    this.#milestone({ kind: 'sent', id: this.#id, t: this.#writer.now(), connectMs });
  }

  head(t: number, status: number, headers: readonly string[]): void {
    const written = this.#writer.now();
    this.#milestone({ kind: 'head', id: this.#id, t, written, status, headers });
  }

  end(cause: EndCause): void {
    if (this.#hasEnded) return;
    this.#introduceAgain();
    this.#reportDropped('request');
    this.#reportDropped('response');
    this.#milestone({ kind: 'end', id: this.#id, t: this.#writer.now(), cause });
    this.#hasEnded = true;
  }

  #milestone(record: TapRecord): void {
    if (this.#hasEnded) return;
    this.#introduceAgain();
    this.#milestones.push(record);
    this.#writer.push(record);
  }

  /** One record for a whole run of dropped chunks, so that a full queue is not filled with reports. */
  #reportDropped(direction: TapDirection): void {
    const bytes = this.#dropped[direction];
    if (bytes === 0) return;
    this.#dropped[direction] = 0;
    this.#writer.push({ kind: 'dropped', id: this.#id, direction, bytes });
  }

  #introduceAgain(): void {
    if (this.#generation === this.#writer.generation) return;
    this.#generation = this.#writer.generation;
    for (const record of this.#milestones) this.#writer.push(record);
    for (const direction of ['request', 'response'] as const) {
      const lost = this.#posted[direction];
      this.#posted[direction] = 0;
      this.#dropped[direction] += lost;
      this.#writer.countDropped(lost);
    }
  }
}

const UNRECORDED: ExchangeTap = {
  bytes: () => undefined,
  received: () => undefined,
  sent: () => undefined,
  head: () => undefined,
  end: () => undefined,
};

/** A fresh buffer of its own, not one of Buffer's pool, so that it can be transferred. */
function concatenate(chunks: readonly Uint8Array[], size: number): ArrayBuffer {
  const slab = new ArrayBuffer(size);
  const bytes = new Uint8Array(slab);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return slab;
}
