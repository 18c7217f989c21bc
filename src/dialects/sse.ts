/**
 * Server-Sent Events from the bytes of a response body, bounded. Any split of the same bytes gives
 * the same events (UTF-8, CR, LF and CRLF may be cut anywhere). An event larger than the bound ends
 * the reading and is reported by `isOverflowed`: guessing where the next event starts could record
 * text that was never said.
 */
import { createParser, type EventSourceParser } from 'eventsource-parser';

export interface SseEvent {
  /** '' when the event has no name. */
  readonly event: string;
  readonly data: string;
}

/** Room for an image inside an event; real text events are a few hundred characters. */
const MAX_EVENT_CHARS = 16 * 1024 * 1024;

export class SseReader {
  // The parser strips a leading byte order mark itself; invalid UTF-8 becomes U+FFFD.
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #parser: EventSourceParser;
  #events: SseEvent[] = [];
  #isOverflowed = false;

  constructor(maxEventChars: number = MAX_EVENT_CHARS) {
    this.#parser = createParser({
      maxBufferSize: maxEventChars,
      onEvent: ({ event, data }) => this.#events.push({ event: event ?? '', data }),
      onError: ({ type }) => {
        if (type === 'max-buffer-size-exceeded') this.#isOverflowed = true;
      },
    });
  }

  /** An event exceeded the bound; nothing after it was read. */
  get isOverflowed(): boolean {
    return this.#isOverflowed;
  }

  /** The events that these bytes complete. */
  push(bytes: Uint8Array): readonly SseEvent[] {
    return this.#feed(this.#decoder.decode(bytes, { stream: true }));
  }

  /**
   * The body has ended: a last event whose closing blank line is missing. The SSE specification
   * drops it; the official SDKs read it (`data: [DONE]` without a blank line is common).
   */
  end(): readonly SseEvent[] {
    return this.#feed(`${this.#decoder.decode()}\n\n`);
  }

  #feed(text: string): readonly SseEvent[] {
    if (this.#isOverflowed) return [];
    this.#parser.feed(text);
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
