/**
 * What waits for one sink. Keeps the order, tries again with growing pauses when the place is in
 * trouble (disk full, locked, read-only), and drops the oldest beyond a bound in bytes: counted,
 * never silent. An item that alone makes the sink fail is left out, so that it cannot block the rest.
 */
import type { Sink, SinkItem } from '../sink.ts';
import { type Place, troubleKind, troubleSentence } from './trouble.ts';

/** Items of one write: one transaction in SQLite. */
export const MAX_BATCH_ITEMS = 100;
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;
/** A lock that is gone after two pauses is daily life between two processes, no trouble to report. */
const UNREPORTED_LOCKS = 2;

/** A sink and what a person calls it. */
export interface SinkSlot extends Place {
  readonly sink: Sink;
}

export class SinkQueue {
  readonly #slot: SinkSlot;
  readonly #onDropped: (exchanges: number) => void;
  #items: SinkItem[] = [];
  #bytes = 0;
  #failures = 0;
  #lastError: unknown = null;
  #retryAt = 0;
  #droppedBytes = 0;
  #errors = 0;

  /** @param onDropped told of exchanges whose end will not be in this sink. */
  constructor(slot: SinkSlot, onDropped: (exchanges: number) => void) {
    this.#slot = slot;
    this.#onDropped = onDropped;
  }

  get length(): number {
    return this.#items.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Totals since the start. */
  get losses(): { droppedBytes: number; errors: number } {
    return { droppedBytes: this.#droppedBytes, errors: this.#errors };
  }

  /** Monotonic milliseconds before which a write would be too early. */
  get retryAt(): number {
    return this.#retryAt;
  }

  /** What a person should mend, or null. */
  get trouble(): string | null {
    if (this.#failures === 0) return null;
    const isLock = troubleKind(this.#lastError) === 'locked';
    if (isLock && this.#failures <= UNREPORTED_LOCKS) return null;
    return troubleSentence(this.#lastError, this.#slot);
  }

  add(item: SinkItem): void {
    this.#items.push(item);
    this.#bytes += sizeOf(item);
    while (this.#bytes > MAX_QUEUED_BYTES && this.#items.length > 1) this.#dropOldest();
  }

  /** Opens the sink ahead of the first item, so that what is wrong is known early. Never throws. */
  open(now: number): void {
    this.#attempt(now, () => this.#slot.sink.write([]));
  }

  /** Writes all that waits, unless it is too early after a failure. Never throws. */
  write(now: number): void {
    if (now < this.#retryAt) return;
    while (this.#items.length > 0) {
      const batch = this.#items.slice(0, MAX_BATCH_ITEMS);
      if (!this.#attempt(now, () => this.#writeBatch(batch))) return;
      this.#remove(batch.length);
    }
  }

  /** Ends the sink; what still waits is counted as dropped. Never throws. */
  close(): void {
    while (this.#items.length > 0) this.#dropOldest();
    try {
      this.#slot.sink.close();
    } catch {
      this.#errors += 1;
    }
  }

  /** True when it went well; otherwise the next attempt waits, longer each time. */
  #attempt(now: number, write: () => void): boolean {
    try {
      write();
      this.#failures = 0;
      this.#retryAt = 0;
      return true;
    } catch (error) {
      this.#errors += 1;
      this.#lastError = error;
      this.#retryAt = now + Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
      this.#failures += 1;
      return false;
    }
  }

  /** Sinks ignore what they have already written, so a batch may be repeated item by item. */
  #writeBatch(batch: readonly SinkItem[]): void {
    try {
      this.#slot.sink.write(batch);
    } catch (error) {
      if (troubleKind(error) !== 'item') throw error;
      for (const item of batch) this.#writeAlone(item);
    }
  }

  #writeAlone(item: SinkItem): void {
    try {
      this.#slot.sink.write([item]);
    } catch (error) {
      if (troubleKind(error) !== 'item') throw error;
      this.#errors += 1;
      this.#countDropped(item);
    }
  }

  #remove(count: number): void {
    for (const item of this.#items.splice(0, count)) this.#bytes -= sizeOf(item);
  }

  #dropOldest(): void {
    const [item] = this.#items.splice(0, 1);
    if (item === undefined) return;
    this.#bytes -= sizeOf(item);
    this.#countDropped(item);
  }

  #countDropped(item: SinkItem): void {
    this.#droppedBytes += item.body.byteLength;
    // Every exchange has exactly one end, so counting ends counts exchanges.
    if (item.kind === 'end') this.#onDropped(1);
  }
}

/** What an item holds in memory, roughly: its bytes, and the strings that were made of them. */
function sizeOf(item: SinkItem): number {
  const overhead = 4096;
  if (item.kind === 'end') return overhead + 2 * item.body.byteLength;
  return overhead + 2 * Math.max(item.body.byteLength, item.decoded?.byteLength ?? 0);
}
