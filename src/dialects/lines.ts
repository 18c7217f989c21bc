/**
 * The events of a recorded WebSocket answer: one message a line (the recorder joins them so). Same
 * shape and bounds as sse.ts, so that both are read alike.
 */
import type { SseEvent } from './sse.ts';

/** As for an event of a stream: room for an image. */
const MAX_LINE_CHARS = 16 * 1024 * 1024;

export class LineReader {
  readonly #decoder = new TextDecoder();
  #rest = '';
  #isOverflowed = false;

  /** A line exceeded the bound; nothing after it was read. */
  get isOverflowed(): boolean {
    return this.#isOverflowed;
  }

  /** The messages that these bytes complete. */
  push(bytes: Uint8Array): readonly SseEvent[] {
    return this.#feed(this.#decoder.decode(bytes, { stream: true }));
  }

  /** The answer has ended. */
  end(): readonly SseEvent[] {
    return this.#feed(`${this.#decoder.decode()}\n`);
  }

  #feed(text: string): readonly SseEvent[] {
    if (this.#isOverflowed) return [];
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    this.#isOverflowed = this.#rest.length > MAX_LINE_CHARS;
    return lines.filter((line) => line !== '').map((data) => ({ event: '', data }));
  }
}
