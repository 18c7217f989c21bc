/**
 * Undoes the content-encodings of a response while it arrives, off the thread (node:zlib), in order
 * and with bounded output. A stream that was cut or is corrupt gives all that could be decoded.
 * Never throws and never hangs: end() always resolves.
 */
import type { Transform } from 'node:stream';
import { canDecode, MAX_DECODED_BYTES, makeCodingStream } from './content-coding.ts';

/** Decoded bytes; `t` is the time at which the wire bytes they came from arrived. */
export type DecodedSink = (chunk: Uint8Array, t: number) => void;

export class StreamDecoder {
  readonly #codings: readonly string[];
  readonly #sink: DecodedSink;
  /** Arrival times of the chunks inside the decoder, oldest first. */
  readonly #times: number[] = [];
  #stages: Transform[] = [];
  #lastTime = 0;
  #decoded = 0;
  #failed = false;

  constructor(codings: readonly string[], sink: DecodedSink) {
    this.#codings = codings;
    this.#sink = sink;
    this.#failed = !canDecode(codings);
  }

  /** False when the body could not be decoded to its end, or was too large. */
  get isWhole(): boolean {
    return !this.#failed;
  }

  /** Takes (and copies) wire bytes; returns a promise when the caller should wait before it gives more. */
  write(chunk: Uint8Array, t: number): Promise<void> | null {
    if (this.#failed || chunk.byteLength === 0) return null;
    this.#open(chunk[0] ?? 0);
    const first = this.#stages[0];
    if (first === undefined) return null;
    this.#times.push(t);
    const hasRoom = first.write(Buffer.from(chunk), () => {
      this.#lastTime = this.#times.shift() ?? this.#lastTime;
    });
    return hasRoom ? null : onceAny(first, ['drain', 'close']);
  }

  /** Resolves when everything that can be decoded has been handed over. */
  async end(): Promise<void> {
    const first = this.#stages[0];
    const last = this.#stages.at(-1);
    if (first === undefined || last === undefined || last.closed) return;
    const closed = onceAny(last, ['close']);
    first.end();
    await closed;
  }

  #open(firstByte: number): void {
    if (this.#stages.length > 0) return;
    // The coding applied last is undone first; only the outermost stage sees the wire's first byte.
    for (const name of this.#codings.toReversed()) {
      const stage = makeCodingStream(name, this.#stages.length === 0 ? firstByte : 0x78);
      if (stage === null) {
        this.#fail();
        return;
      }
      stage.on('error', () => this.#fail());
      this.#stages.at(-1)?.pipe(stage);
      this.#stages.push(stage);
    }
    this.#stages.at(-1)?.on('data', (data: Uint8Array) => this.#take(data));
  }

  #take(data: Uint8Array): void {
    if (this.#failed) return;
    const room = MAX_DECODED_BYTES - this.#decoded;
    this.#decoded += data.byteLength;
    this.#sink(data.subarray(0, room), this.#times[0] ?? this.#lastTime);
    if (data.byteLength > room) this.#fail();
  }

  #fail(): void {
    this.#failed = true;
    for (const stage of this.#stages) stage.destroy();
  }
}

/** Resolves at the first of these events. */
function onceAny(stream: Transform, events: readonly string[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = (): void => {
    for (const event of events) stream.off(event, done);
    resolve();
  };
  for (const event of events) stream.on(event, done);
  return promise;
}
