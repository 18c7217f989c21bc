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

/** Empty lines are passed over. Throws the system's error, or zstd's. */
export function* linesOf(path: string): Generator<Line, void> {
  const lines = new LineCutter();
  for (const block of blocksOf(path)) yield* lines.push(block);
  yield* lines.rest();
}

class LineCutter {
  #pieces: Buffer[] = [];
  #length = 0;
  #number = 0;
  #at = 0;

  *push(block: Buffer): Generator<Line, void> {
    let start = 0;
    for (let end = block.indexOf(NEWLINE); end >= 0; end = block.indexOf(NEWLINE, start)) {
      this.#take(block.subarray(start, end));
      this.#at += 1;
      yield* this.#line(true);
      start = end + 1;
    }
    this.#take(block.subarray(start));
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
    const text = length > MAX_LINE_BYTES ? null : textOf(pieces);
    yield { number: this.#number, text, end: this.#at, isWhole };
  }
}

function textOf(pieces: readonly Buffer[]): string {
  const [first] = pieces;
  return (pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces)).toString();
}

function* blocksOf(path: string): Generator<Buffer, void> {
  if (path.endsWith(PACKED_SUFFIX)) {
    yield unpackFile(path);
    return;
  }
  const file = openSync(path, 'r');
  try {
    for (;;) {
      const block = Buffer.allocUnsafe(BLOCK_BYTES);
      const length = readSync(file, block, 0, BLOCK_BYTES, null);
      if (length === 0) return;
      yield block.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}
