/**
 * Gathers items and writes them to all sinks in one step: when enough have come, or shortly after
 * the first. JSONL stands before SQLite in the list, so that whatever SQLite has, JSONL has. A sink
 * in trouble holds up no other one.
 */
import type { SinkItem } from '../sink.ts';
import type { Clock } from './clock.ts';
import { MAX_BATCH_ITEMS, SinkQueue, type SinkSlot } from './sink-queue.ts';

/**
 * The promise is "on disk within 100 ms" of the socket event: the tap's own flush, a transaction and
 * the scheduler need a part of that, most of it on a busy machine (60 ms lost exchanges that ended
 * 120 ms before a kill -9, measured under full load on two cores).
 */
const BATCH_MS = 25;

/** Large bodies are written at once, so that they leave the memory and the queue's bound is for trouble only. */
const MAX_BATCH_BYTES = 8 * 1024 * 1024;

export interface BatcherOptions {
  readonly slots: readonly SinkSlot[];
  readonly clock: Clock;
  /** Exchanges of which at least one sink will not have the end. */
  readonly onDropped: (exchanges: number) => void;
  /** How long a write of something took, all sinks together. */
  readonly onBatch: (ms: number) => void;
  /** After every write: the state may have changed. */
  readonly onWritten: () => void;
}

/** Totals over all sinks, and what a person should mend now. */
export interface BatcherState {
  readonly queueBytes: number;
  readonly droppedBytes: number;
  readonly writeErrors: number;
  readonly degraded: readonly string[];
}

export class Batcher {
  readonly #queues: readonly SinkQueue[];
  readonly #clock: Clock;
  readonly #onWritten: () => void;
  readonly #onBatch: (ms: number) => void;
  #cancelTimer: (() => void) | null = null;

  constructor(options: BatcherOptions) {
    this.#queues = options.slots.map((slot) => new SinkQueue(slot, options.onDropped));
    this.#clock = options.clock;
    this.#onWritten = options.onWritten;
    this.#onBatch = options.onBatch;
  }

  /** Opens all sinks; one that cannot be opened now is tried again with the first write. */
  open(): void {
    for (const queue of this.#queues) queue.open(this.#clock.now());
  }

  /** Queues an item. May write at once when enough have come; never throws. */
  add(item: SinkItem): void {
    for (const queue of this.#queues) queue.add(item);
    if (this.#queues.some(isFull)) this.flush();
    else this.#arm(BATCH_MS);
  }

  /** Writes what waits, except in sinks that pause after a failure. */
  flush(): void {
    this.#disarm();
    const hasItems = this.#queues.some((queue) => queue.length > 0);
    const startedAt = this.#clock.now();
    for (const queue of this.#queues) queue.write(this.#clock.now());
    if (hasItems) this.#onBatch(this.#clock.now() - startedAt);
    const waiting = this.#queues.filter((queue) => queue.length > 0);
    if (waiting.length > 0) {
      const next = Math.min(...waiting.map((queue) => queue.retryAt));
      this.#arm(Math.max(1, next - this.#clock.now()));
    }
    this.#onWritten();
  }

  get state(): BatcherState {
    const losses = this.#queues.map((queue) => queue.losses);
    const sum = (pick: (loss: (typeof losses)[number]) => number): number =>
      losses.reduce((total, loss) => total + pick(loss), 0);
    return {
      queueBytes: this.#queues.reduce((total, queue) => total + queue.bytes, 0),
      droppedBytes: sum((loss) => loss.droppedBytes),
      writeErrors: sum((loss) => loss.errors),
      degraded: this.#queues.map((queue) => queue.trouble).filter((text) => text !== null),
    };
  }

  /** Writes all that waits, trying until the deadline, then ends the sinks. */
  async close(deadlineMs: number): Promise<void> {
    const deadline = this.#clock.now() + deadlineMs;
    this.flush();
    while (this.#queues.some((queue) => queue.length > 0) && this.#clock.now() < deadline) {
      await this.#pause(Math.min(FINAL_RETRY_MS, deadline - this.#clock.now()));
      this.flush();
    }
    this.#disarm();
    for (const queue of this.#queues) queue.close();
    this.#onWritten();
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#clock.after(ms, resolve));
  }

  #arm(ms: number): void {
    this.#cancelTimer ??= this.#clock.after(ms, () => this.flush());
  }

  #disarm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }
}

/** A healthy sink's batch is large enough to be written without waiting for the timer. */
function isFull(queue: SinkQueue): boolean {
  const isLarge = queue.length >= MAX_BATCH_ITEMS || queue.bytes >= MAX_BATCH_BYTES;
  return isLarge && queue.retryAt === 0;
}

/** Between two attempts while closing. */
const FINAL_RETRY_MS = 50;
