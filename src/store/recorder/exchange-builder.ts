/**
 * Follows one exchange from its first record to its end and says what it was: one `request` item and
 * `exchange.started` event when the request is known, one `end` item and `exchange.ended` event at
 * the end. Whatever breaks while reading the content, these come all the same, marked partial.
 */
import type { Pricer } from '../../core/cost.ts';
import type { UnnumberedEvent } from '../../core/events.ts';
import type { ExchangeEnd, ExchangeRequest } from '../../core/exchange.ts';
import type { EndCause, OpenRecord, TapDirection, TapRecord } from '../../core/tap.ts';
import type { Usage } from '../../core/usage.ts';
import type { Delta } from '../../dialects/codec.ts';
import { codecFor } from '../../dialects/registry.ts';
import type { ExchangeRedaction } from '../redaction/exchange-redaction.ts';
import type { LiveAnswer } from '../redaction/live-answer.ts';
import type { Cutter } from '../segments/cutter.ts';
import type { SinkItem } from '../sink.ts';
import { announcedLength, BodyBuffer } from './body.ts';
import { GapMeter } from './gap-meter.ts';
import { makeEnd } from './make-end.ts';
import type { ProgressBoard, ProgressSource } from './progress.ts';
import {
  cutBody,
  decodedBody,
  plainRequest,
  type RequestParts,
  readRequest,
  strayRequest,
  viewOf,
} from './read-request.ts';
import { type ReadResponse, ResponseReader } from './response-reader.ts';
import type { SessionResolver } from './session-resolver.ts';
import { type Marks, makeMarks } from './timing.ts';

/** What all exchanges share. */
export interface BuilderContext {
  readonly maxBodyBytes: number;
  readonly sessions: SessionResolver;
  readonly cutter: Cutter;
  readonly progress: ProgressBoard;
  readonly price: Pricer;
  /** Everything that is published or stored has gone through it; null when it is turned off. */
  readonly redaction: ExchangeRedaction | null;
  readonly publish: (event: UnnumberedEvent) => void;
  readonly store: (item: SinkItem) => void;
  /** A defect of ours, caught. */
  readonly onFault: (error: unknown) => void;
}

type RequestItem = Extract<SinkItem, { kind: 'request' }>;
type EndItem = Extract<SinkItem, { kind: 'end' }>;

/** Takes the records of one connection or exchange, in order. */
export interface Follower {
  /** Returns a promise when what follows has to wait for it. */
  take(record: TapRecord, slab: ArrayBuffer): Promise<void> | null;
  /** Ends what the proxy could not report the end of any more. */
  interrupt(): Promise<void>;
}

interface Head {
  readonly status: number;
  readonly headers: readonly string[];
}

const NOTHING_READ: ReadResponse = { view: null, isReadStream: false, isWhole: true };
const UNREADABLE: ReadResponse = { view: null, isReadStream: false, isWhole: false };

export class ExchangeBuilder implements ProgressSource, Follower {
  readonly #context: BuilderContext;
  readonly #open: OpenRecord;
  readonly #marks: Marks;
  readonly #response: BodyBuffer;
  /** null once the request is known: its bytes have been handed on. */
  #request: BodyBuffer | null;
  #started: ExchangeRequest | null = null;
  #head: Head | null = null;
  #reader: ResponseReader | null = null;
  readonly #gaps = new GapMeter();
  /** Of the request's decoded body. */
  #requestLength = 0;
  readonly #live: LiveAnswer | null;
  #isPartial = false;
  #lastTime: number;

  constructor(open: OpenRecord, context: BuilderContext) {
    this.#context = context;
    this.#open = open;
    this.#marks = makeMarks(open.t);
    this.#request = new BodyBuffer(context.maxBodyBytes, announcedLength(open.headers));
    this.#response = new BodyBuffer(context.maxBodyBytes);
    this.#lastTime = open.t;
    this.#live = context.redaction?.makeLive() ?? null;
  }

  get exchangeId(): string {
    return this.#open.id;
  }

  /** Bytes of the response so far. */
  bytes(): number {
    return this.#response.length;
  }

  usage(): Usage | null {
    return this.#guard(() => this.#reader?.usage() ?? null);
  }

  take(record: TapRecord, slab: ArrayBuffer): Promise<void> | null {
    if ('t' in record) this.#lastTime = record.t;
    switch (record.kind) {
      case 'open':
        return null;
      case 'bytes': {
        const { offset, length } = record.range;
        return this.#addBytes(record.direction, new Uint8Array(slab, offset, length), record.t);
      }
      case 'dropped':
        this.#addGap(record.direction, record.bytes);
        return null;
      case 'received':
        this.#marks.received = record.t;
        this.#start();
        return null;
      case 'sent':
        this.#marks.sent = record.t;
        this.#marks.connectMs = record.connectMs;
        return null;
      case 'head':
        this.#takeHead(record);
        return null;
      case 'end':
        return this.#end(record.t, record.cause);
    }
  }

  interrupt(): Promise<void> {
    this.#isPartial = true;
    return this.#end(this.#lastTime, { kind: 'shutdown' });
  }

  #addBytes(direction: TapDirection, chunk: Uint8Array, t: number): Promise<void> | null {
    if (direction === 'request') {
      this.#request?.add(chunk);
      return null;
    }
    this.#response.add(chunk);
    return this.#guard(() => this.#reader?.write(chunk, t) ?? null);
  }

  #addGap(direction: TapDirection, bytes: number): void {
    this.#isPartial = true;
    if (direction === 'request') {
      this.#request?.drop(bytes);
      return;
    }
    this.#response.drop(bytes);
    this.#guard(() => {
      this.#reader?.gap();
      return null;
    });
  }

  #takeHead(record: Extract<TapRecord, { kind: 'head' }>): void {
    this.#marks.head = record.t;
    this.#marks.headWritten = record.written;
    this.#head = { status: record.status, headers: record.headers };
    this.#reader = this.#guard(() => this.#makeReader(record.headers));
    this.#announceHead();
  }

  #makeReader(headers: readonly string[]): ResponseReader | null {
    const { dialect, transport } = this.#open;
    if (dialect === null) return null;
    return new ResponseReader(codecFor(dialect), { transport, headers }, (deltas, t) => {
      this.#marks.firstToken ??= t;
      this.#gaps.arrive(t);
      if (this.#started !== null) this.#showDeltas(this.#live?.push(deltas) ?? deltas);
    });
  }

  #showDeltas(deltas: readonly Delta[]): void {
    if (deltas.length > 0) this.#context.progress.add(this, deltas);
  }

  /** The request is as complete as it will be. */
  #start(): void {
    const body = this.#request;
    if (body === null) return;
    this.#request = null;
    const facts = body.facts();
    const bytes = body.bytes();
    const decoded = decodedBody(this.#open, bytes, facts);
    if (decoded === null) this.#isPartial = true;
    const cut = this.#guard(() =>
      decoded === null ? null : cutBody(this.#open, decoded, this.#context.cutter),
    );
    const view = this.#guard(() => viewOf(this.#open, cut));
    const parts = { open: this.#open, body: { facts, cut }, view };
    const request = this.#guard(() => this.#readRequest(parts)) ?? plainRequest(this.#open, facts);
    this.#requestLength = decoded?.byteLength ?? facts.bytes;
    const item = this.#safeRequest({ kind: 'request', request, view, body: bytes, decoded, cut });
    this.#started = item.request;
    this.#context.publish({ type: 'exchange.started', exchange: item.request });
    this.#context.store(item);
    this.#announceHead();
  }

  #readRequest(parts: RequestParts): ExchangeRequest {
    const { transport, dialect } = this.#open;
    const isStray = transport === 'websocket' && dialect === null;
    return isStray
      ? strayRequest(this.#open, parts.body.facts)
      : readRequest(parts, this.#context.sessions);
  }

  #safeRequest(item: RequestItem): RequestItem {
    const { redaction } = this.#context;
    if (redaction === null) return item;
    return this.#guard(() => redaction.request(item)) ?? redaction.withoutContent(item);
  }

  #safeEnd(item: EndItem, makeBareEnd: () => ExchangeEnd): EndItem {
    const { redaction } = this.#context;
    if (redaction === null) return item;
    const safe = this.#guard(() => redaction.end(item));
    return safe ?? { ...item, end: makeBareEnd(), body: new Uint8Array(0) };
  }

  /** `exchange.started` is first, always: a head that came before the whole request waits for it. */
  #announceHead(): void {
    if (this.#head === null || this.#marks.head === null || this.#started === null) return;
    this.#context.publish({
      type: 'response.started',
      exchangeId: this.#open.id,
      status: this.#head.status,
      firstByteMs: Math.max(0, this.#marks.head - this.#marks.opened),
    });
  }

  async #end(t: number, cause: EndCause): Promise<void> {
    this.#marks.ended = t;
    this.#start();
    const request = this.#started;
    if (request === null) return;
    const read = await this.#readResponse();
    const parts = {
      open: this.#open,
      request,
      cause,
      marks: this.#marks,
      status: this.#head?.status ?? null,
      responseHeaders: this.#head?.headers ?? [],
      responseBody: this.#response.facts(),
      isPartial: this.#isPartial,
      tokenGaps: this.#gaps.result(),
      requestLength: this.#requestLength,
      price: this.#context.price,
    };
    const end =
      this.#guard(() => makeEnd({ ...parts, read })) ?? makeEnd({ ...parts, read: UNREADABLE });
    if (end.responseId !== null) this.#context.sessions.learnAnswer(end.responseId, end.sessionId);
    const item = this.#safeEnd({ kind: 'end', request, end, body: this.#response.bytes() }, () =>
      withoutContent(makeEnd({ ...parts, responseHeaders: [], isPartial: true, read: UNREADABLE })),
    );
    this.#guard(() => this.#showDeltas(this.#live?.flush() ?? []));
    this.#context.progress.flush(this.#open.id);
    this.#context.publish({ type: 'exchange.ended', end: item.end });
    this.#context.store(item);
  }

  async #readResponse(): Promise<ReadResponse> {
    if (this.#reader === null) return NOTHING_READ;
    try {
      return await this.#reader.end(this.#response.isTruncated ? null : this.#response.bytes());
    } catch (error) {
      this.#fault(error);
      return UNREADABLE;
    }
  }

  /** Reading content must never cost the record of the exchange itself. */
  #guard<T>(read: () => T | null): T | null {
    try {
      return read();
    } catch (error) {
      this.#fault(error);
      return null;
    }
  }

  #fault(error: unknown): void {
    this.#isPartial = true;
    this.#context.onFault(error);
  }
}

/** What is left of an end whose content could not be looked at. */
function withoutContent(end: ExchangeEnd): ExchangeEnd {
  return { ...end, errorMessage: null, responseBody: { ...end.responseBody, truncated: true } };
}
