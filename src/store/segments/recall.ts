/**
 * What a body has in common with one that was cut before: an agent sends its history again, with
 * something new near its end. Everything within the common beginning and the common end is known
 * already. Exact: a piece is known only if its bytes are the same, and what follows them cannot be
 * part of it.
 */
import type { KnownPiece, KnownPieces, Span } from './scan.ts';

export interface CutBytes {
  readonly bytes: Uint8Array;
  readonly spans: readonly Span[];
}

export class Recall implements KnownPieces {
  /** Bytes that the two have in common. */
  readonly shared: number;
  readonly #spans: readonly Span[];
  /** A piece of the body before is known if it ends before this … */
  readonly #prefix: number;
  /** … or begins here or later; then it stands `shift` bytes further on. */
  readonly #suffixStart: number;
  readonly #lastEnd: number;
  readonly #shift: number;
  #head = 0;
  #tail: number;

  constructor(before: CutBytes, bytes: Uint8Array) {
    const [old, now] = [before.bytes, bytes];
    const most = Math.min(old.length, now.length);
    this.#spans = before.spans;
    this.#prefix = commonPrefix(old, now);
    const suffix = commonSuffix(old, now, most - this.#prefix);
    this.#suffixStart = old.length - suffix;
    this.shared = this.#prefix + suffix;
    this.#shift = now.length - old.length;
    // What the end of the bytes has cut off is no whole piece.
    this.#lastEnd = old.length - 1;
    this.#tail = firstAtOrAfter(before.spans, this.#suffixStart);
  }

  at(start: number): KnownPiece | null {
    return this.#inPrefix(start) ?? this.#inSuffix(start);
  }

  #inPrefix(start: number): Span | null {
    if (start >= this.#prefix) return null;
    this.#head = passing(this.#spans, this.#head, start);
    const span = this.#spans[this.#head];
    if (span?.start !== start || span.end > this.#lastEnd) return null;
    // Elements are closed by themselves; a long number is not.
    return span.end < this.#prefix + Number(span.kind === 'element') ? span : null;
  }

  #inSuffix(start: number): KnownPiece | null {
    const old = start - this.#shift;
    if (old < this.#suffixStart) return null;
    this.#tail = passing(this.#spans, this.#tail, old);
    const span = this.#spans[this.#tail];
    if (span?.start !== old || span.end > this.#lastEnd) return null;
    const { end, piece, property } = span;
    return { end: end + this.#shift, piece, property };
  }
}

/** How many bytes the two begin with in common. */
function commonPrefix(a: Uint8Array, b: Uint8Array): number {
  const left = bufferOf(a);
  let low = 0;
  let high = Math.min(a.length, b.length);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (left.compare(b, low, middle, low, middle) === 0) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** How many bytes the two end with in common, at most `most`. */
function commonSuffix(a: Uint8Array, b: Uint8Array, most: number): number {
  const left = bufferOf(a);
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const [inA, inB] = [a.length - middle, b.length - middle];
    const order = left.compare(b, inB, b.length - low, inA, a.length - low);
    if (order === 0) low = middle;
    else high = middle - 1;
  }
  return low;
}

function passing(spans: readonly Span[], from: number, start: number): number {
  let index = from;
  while ((spans[index]?.start ?? start) < start) index += 1;
  return index;
}

function firstAtOrAfter(spans: readonly Span[], start: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.start ?? start) < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
