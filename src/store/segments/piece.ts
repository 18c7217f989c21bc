/**
 * A part of a body that repeats from request to request. Its identity is what lets others remember
 * what they made of it: while the same text is sent again, the same Piece stands for it (cutter.ts).
 * Holds no bytes, so that it keeps no body in memory.
 */
import { hash } from 'node:crypto';

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Bytes of a digest: 128 bits of the sha256. The full hash of every body is kept with its exchange. */
export const DIGEST_BYTES = 16;

export class Piece {
  /** Long string literals inside it, quotes included, counted from its start. */
  readonly strings: readonly Range[];
  #digest = '';
  #json: unknown;
  #isParsed = false;

  constructor(strings: readonly Range[]) {
    this.strings = strings;
  }

  /** Hex. `bytes` are the piece's own. */
  digest(bytes: Uint8Array): string {
    if (this.#digest === '') this.#digest = digestOf(bytes);
    return this.#digest;
  }

  /** The JSON value; the same object each time, so not to be changed. Throws a SyntaxError. */
  json(bytes: Uint8Array): unknown {
    if (!this.#isParsed) {
      this.#json = JSON.parse(textOf(bytes));
      this.#isParsed = true;
    }
    return this.#json;
  }
}

export function digestOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex').slice(0, DIGEST_BYTES * 2);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
