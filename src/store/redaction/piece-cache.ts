/**
 * What redaction made of the pieces of bodies it has seen: an agent sends its whole history with
 * every request, and a piece that was looked at once is not looked at again. Keyed by content, so it
 * can never be wrong; bounded in bytes, and forgetting costs time only.
 */
import { hash } from 'node:crypto';
import type { RedactedBytes } from '../../redact/json.ts';

/** null: nothing was found. */
type Result = RedactedBytes | null;

/** About what an entry without bytes takes. */
const ENTRY_BYTES = 150;
const MAX_BYTES = 32 * 1024 * 1024;

export class PieceCache {
  readonly #max: number;
  readonly #results = new Map<string, Result>();
  #bytes = 0;

  constructor(max: number = MAX_BYTES) {
    this.#max = max;
  }

  /** The result for these bytes, made by `make` when they are new. */
  resultOf(bytes: Uint8Array, context: string, make: () => Result): Result {
    const key = `${hash('sha256', bytes, 'base64')}${context}`;
    const known = this.#results.get(key);
    if (known !== undefined) {
      this.#results.delete(key);
      this.#results.set(key, known);
      return known;
    }
    const result = make();
    this.#results.set(key, result);
    this.#bytes += sizeOf(result);
    if (this.#bytes > this.#max) this.#shrink();
    return result;
  }

  #shrink(): void {
    for (const [key, result] of this.#results) {
      if (this.#bytes <= this.#max) return;
      this.#results.delete(key);
      this.#bytes -= sizeOf(result);
    }
  }
}

function sizeOf(result: Result): number {
  return ENTRY_BYTES + (result?.bytes.byteLength ?? 0);
}
