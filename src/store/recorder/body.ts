/**
 * One body as it crossed the wire: its first bytes up to a cap, the length and hash of all. Copies
 * what it keeps, so that a 100-byte event of a stream does not hold a whole slab in memory.
 */
import { createHash, type Hash } from 'node:crypto';
import type { BodyFacts } from '../../core/exchange.ts';
import { headerValue } from '../../dialects/headers.ts';

const FIRST_CAPACITY = 1024;
/** An announced length is believed up to here: room for it is taken at once, and none is left over. */
const MAX_ANNOUNCED = 1024 * 1024;
const NOTHING = new Uint8Array(0);

export class BodyBuffer {
  readonly #cap: number;
  readonly #first: number;
  readonly #hash: Hash = createHash('sha256');
  #buffer: Uint8Array = NOTHING;
  #kept = 0;
  #seen = 0;
  #dropped = 0;

  /**
   * @param cap bytes that are kept; of the rest only length and hash
   * @param announced the length that the head announces; 0 when it does not
   */
  constructor(cap: number, announced: number = 0) {
    this.#cap = cap;
    this.#first = Math.max(FIRST_CAPACITY, Math.min(announced, MAX_ANNOUNCED, cap));
  }

  add(chunk: Uint8Array): void {
    this.#seen += chunk.byteLength;
    this.#hash.update(chunk);
    // After a gap the kept bytes would no longer be a beginning of the body.
    if (this.#dropped > 0) return;
    const part = chunk.subarray(0, this.#cap - this.#kept);
    this.#reserve(this.#kept + part.byteLength);
    this.#buffer.set(part, this.#kept);
    this.#kept += part.byteLength;
  }

  /** Bytes that never reached the recorder: from here on nothing more is kept. */
  drop(bytes: number): void {
    this.#dropped += bytes;
  }

  /** Length on the wire so far. */
  get length(): number {
    return this.#seen + this.#dropped;
  }

  get isTruncated(): boolean {
    return this.#kept < this.length;
  }

  get hasGap(): boolean {
    return this.#dropped > 0;
  }

  /** The kept bytes: a view of this buffer, valid until the next add(). */
  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#kept);
  }

  /** Ends the body: after this neither add() nor facts() may be called. */
  facts(): BodyFacts {
    return {
      bytes: this.length,
      sha256: this.#dropped > 0 ? null : this.#hash.digest('hex'),
      truncated: this.isTruncated,
    };
  }

  #reserve(size: number): void {
    if (size <= this.#buffer.byteLength) return;
    const grown = new Uint8Array(Math.max(size, this.#buffer.byteLength * 2, this.#first));
    grown.set(this.#buffer.subarray(0, this.#kept));
    this.#buffer = grown;
  }
}

/** 0 when there is no content-length, or it is no number. */
export function announcedLength(headers: readonly string[]): number {
  const length = Number(headerValue(headers, 'content-length') ?? 0);
  return Number.isSafeInteger(length) && length > 0 ? length : 0;
}
