/**
 * A request repeats most of the one before it. In `jsonl` a body is therefore told as what differs
 * from an earlier one: its first `start` bytes, then `text`, then its last `end` bytes.
 */
import { isUtf8 } from 'node:buffer';

export type BodyJson =
  | { readonly text: string }
  | { readonly base64: string }
  | { readonly like: string; readonly start: number; readonly end: number; readonly text: string };

/** Shorter common parts are simply repeated. */
const MIN_COMMON = 256;

export interface Base {
  /** The exchange whose body (of the same direction) it is. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

export function bodyJson(bytes: Uint8Array, base: Base | null): BodyJson {
  if (!isUtf8(bytes)) return { base64: Buffer.from(bytes).toString('base64') };
  const same = base === null || !isUtf8(base.bytes) ? null : commonEnds(bytes, base.bytes);
  if (base === null || same === null || same.start + same.end < MIN_COMMON) {
    return { text: Buffer.from(bytes).toString('utf8') };
  }
  const middle = bytes.subarray(same.start, bytes.length - same.end);
  return { like: base.id, ...same, text: Buffer.from(middle).toString('utf8') };
}

/** Cut between characters. */
function commonEnds(a: Uint8Array, b: Uint8Array): { start: number; end: number } {
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start += 1;
  while (start > 0 && (isInside(a[start]) || isInside(b[start]))) start -= 1;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  while (end > 0 && isInside(a[a.length - end])) end -= 1;
  return { start, end };
}

/** A byte that continues a character of UTF-8. */
function isInside(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
