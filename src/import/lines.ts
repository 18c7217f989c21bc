/** A file line by line, plain or packed with zstd, a block in memory at a time. Never writes. */
import { closeSync, openSync, readSync } from 'node:fs';
import { PACKED_SUFFIX, unpackFile } from '../store/jsonl/packed-file.ts';

export interface Line {
  /** From 1. */
  readonly number: number;
  /** null: longer than any record may be. */
  readonly text: string | null;
  /** Bytes of the file up to its end. */
  readonly end: number;
  /** It ends in a newline. */
  readonly isWhole: boolean;
}

const NEWLINE = 0x0a;
const BLOCK_BYTES = 1024 * 1024;
/** A transcript may hold pictures; a string of more could not be handled anyway. */
const MAX_LINE_BYTES = 128 * 1024 * 1024;

/** Of a line that is passed over unread. */
const HEAD_BYTES = 64;

/**
 * Empty lines are passed over, and those that begin as `noise` says: making texts of them would take
 * longer than reading the rest. Throws the system's error, or zstd's.
 */
export function* linesOf(path: string, noise: RegExp | null = null): Generator<Line, void> {
  const lines = new LineCutter(noise);
  for (const block of blocksOf(path)) yield* lines.push(block);
  yield* lines.rest();
}

class LineCutter {
  readonly #noise: RegExp | null;
  #pieces: Buffer[] = [];
  #length = 0;
  #number = 0;
  #at = 0;

  constructor(noise: RegExp | null) {
    this.#noise = noise;
  }

  *push(block: Buffer): Generator<Line, void> {
    let start = 0;
    for (let end = block.indexOf(NEWLINE); end >= 0; end = block.indexOf(NEWLINE, start)) {
      this.#take(block.subarray(start, end));
      this.#at += 1;
      yield* this.#line(true);
      start = end + 1;
    }
    // The block is read into again.
    this.#take(Buffer.from(block.subarray(start)));
  }

  *rest(): Generator<Line, void> {
    if (this.#length > 0) yield* this.#line(false);
  }

  #take(piece: Buffer): void {
    this.#length += piece.length;
    this.#at += piece.length;
    if (this.#length <= MAX_LINE_BYTES) this.#pieces.push(piece);
    else this.#pieces = [];
  }

  *#line(isWhole: boolean): Generator<Line, void> {
    const [length, pieces] = [this.#length, this.#pieces];
    this.#length = 0;
    this.#pieces = [];
    this.#number += 1;
    if (length === 0) return;
    const bytes = length > MAX_LINE_BYTES ? null : joined(pieces);
    if (bytes !== null && this.#noise?.test(bytes.toString('latin1', 0, HEAD_BYTES))) return;
    yield { number: this.#number, text: bytes?.toString() ?? null, end: this.#at, isWhole };
  }
}

function joined(pieces: readonly Buffer[]): Buffer {
  const [first] = pieces;
  return pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
}

function* blocksOf(path: string): Generator<Buffer, void> {
  if (path.endsWith(PACKED_SUFFIX)) {
    yield unpackFile(path);
    return;
  }
  const file = openSync(path, 'r');
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  try {
    for (;;) {
      const length = readSync(file, block, 0, BLOCK_BYTES, null);
      if (length === 0) return;
      yield block.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}
