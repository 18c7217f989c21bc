/**
 * Reads a response while it arrives: undoes its content-encoding, finds the events of a stream or
 * collects a JSON body, and lets the dialect put the answer together. Sees only copies; what it
 * cannot read it reports, and the raw bytes are stored all the same.
 */
import type { ResponseView } from '../../core/conversation.ts';
import type { Usage } from '../../core/usage.ts';
import type { Delta, DialectCodec, ResponseAssembler } from '../../dialects/codec.ts';
import { headerValue } from '../../dialects/headers.ts';
import { LineReader } from '../../dialects/lines.ts';
import { SseReader } from '../../dialects/sse.ts';
import { contentCodings, parseJson } from './content-coding.ts';
import { StreamDecoder } from './stream-decoder.ts';

/** Content that has just arrived; `t` is its arrival time. */
export type DeltaSink = (deltas: readonly Delta[], t: number) => void;

export interface ReadResponse {
  /** null when there is nothing that the dialect could read. */
  readonly view: ResponseView | null;
  /** It was an event stream, and all of it was read. */
  readonly isReadStream: boolean;
  /** False when some of the content could not be looked at. */
  readonly isWhole: boolean;
}

/** How the body came. */
export interface ResponseForm {
  readonly transport: 'http' | 'websocket';
  readonly headers: readonly string[];
}

export class ResponseReader {
  readonly #codec: DialectCodec;
  readonly #onDeltas: DeltaSink;
  readonly #decoder: StreamDecoder | null;
  /** null when the body is no stream of events. */
  readonly #events: SseReader | LineReader | null;
  readonly #assembler: ResponseAssembler;
  /** A decoded body that is no stream; bounded by the decoder. */
  readonly #decoded: Uint8Array[] = [];
  #hasGap = false;
  #lastTime = 0;

  constructor(codec: DialectCodec, form: ResponseForm, onDeltas: DeltaSink) {
    this.#codec = codec;
    this.#onDeltas = onDeltas;
    this.#assembler = codec.makeAssembler();
    this.#events = eventReader(form);
    const codings = contentCodings(form.headers);
    this.#decoder =
      codings.length === 0
        ? null
        : new StreamDecoder(codings, (chunk, t) => this.#takeDecoded(chunk, t));
  }

  /** Takes wire bytes; returns a promise when the caller should wait before it gives more. */
  write(chunk: Uint8Array, t: number): Promise<void> | null {
    this.#lastTime = t;
    if (this.#decoder !== null) return this.#hasGap ? null : this.#decoder.write(chunk, t);
    if (this.#events !== null) this.#readEvents(chunk, t);
    return null;
  }

  /** Bytes are missing here. A plain stream is read on: its end has the token counts. */
  gap(): void {
    this.#hasGap = true;
    // Blank line: what was begun before the gap must not be joined with what follows it.
    if (this.#decoder === null && this.#events !== null) {
      this.#readEvents(BLANK_LINE, this.#lastTime);
    }
  }

  /** Token counts so far; null while there are none. */
  usage(): Usage | null {
    return this.#assembler.view().usage;
  }

  /** @param raw the body as kept, or null when it is not whole. */
  async end(raw: Uint8Array | null): Promise<ReadResponse> {
    await this.#decoder?.end();
    const isDecoded = this.#decoder?.isWhole ?? true;
    if (this.#events === null) {
      return { view: this.#jsonView(raw), isReadStream: false, isWhole: isDecoded };
    }
    this.#pushAll(this.#events.end(), this.#lastTime);
    const isWhole = isDecoded && !this.#hasGap && !this.#events.isOverflowed;
    return { view: this.#assembler.view(), isReadStream: isWhole, isWhole };
  }

  #jsonView(raw: Uint8Array | null): ResponseView | null {
    const body = this.#decoder === null ? raw : Buffer.concat(this.#decoded);
    const json = body === null ? undefined : parseJson(body);
    return json === undefined ? null : this.#codec.parseResponse(json);
  }

  #takeDecoded(chunk: Uint8Array, t: number): void {
    if (this.#events === null) this.#decoded.push(chunk);
    else this.#readEvents(chunk, t);
  }

  #readEvents(chunk: Uint8Array, t: number): void {
    this.#pushAll(this.#events?.push(chunk) ?? [], t);
  }

  #pushAll(events: readonly { event: string; data: string }[], t: number): void {
    for (const { event, data } of events) {
      const deltas = this.#assembler.push(event, data);
      if (deltas.length > 0) this.#onDeltas(deltas, t);
    }
  }
}

const BLANK_LINE = new TextEncoder().encode('\n\n');

function eventReader({ transport, headers }: ResponseForm): SseReader | LineReader | null {
  if (transport === 'websocket') return new LineReader();
  return isEventStream(headers) ? new SseReader() : null;
}

function isEventStream(headers: readonly string[]): boolean {
  return (
    headerValue(headers, 'content-type')?.toLowerCase().startsWith('text/event-stream') ?? false
  );
}
