/**
 * An open WebSocket cut into turns: each `response.create` with the messages up to its terminal event
 * is one exchange, whose request body is that message and whose response body is the answer's messages,
 * one a line. What belongs to no turn, and a connection that had none, is one plain exchange at the
 * end, so that nothing that was said is lost and an empty capture shows. Turns answer in order: the
 * Responses API runs one at a time on a connection.
 */
import type { EndCause, OpenRecord, TapDirection, TapRecord } from '../../../core/tap.ts';
import { uuidv7 } from '../../../core/uuid.ts';
import { isTurnEnd, isTurnStart } from '../../../dialects/openai-responses/websocket.ts';
import { type BuilderContext, ExchangeBuilder, type Follower } from '../exchange-builder.ts';
import { inflaterFor } from './inflater.ts';
import { MessageReader, type WebSocketMessage } from './message-reader.ts';

type Head = Extract<TapRecord, { kind: 'head' }>;

/** Questions that wait for their turn: far more than a client asks at once. */
const MAX_WAITING = 100;
const NEW_LINE = 10;
const SPACE = 32;

export class WebSocketTurns implements Follower {
  readonly #open: OpenRecord;
  readonly #head: Head;
  readonly #context: BuilderContext;
  readonly #readers: Readonly<Record<TapDirection, MessageReader>>;
  /** Oldest first: the one that is being answered, and those that wait. */
  readonly #turns: Turn[] = [];
  readonly #strays: ExchangeBuilder;
  #hasStrays = false;
  #hasTurns = false;
  #lastTime: number;

  constructor(open: OpenRecord, head: Head, context: BuilderContext) {
    this.#open = open;
    this.#head = head;
    this.#context = context;
    this.#lastTime = head.t;
    const reader = (side: 'client' | 'server'): MessageReader => {
      const max = context.maxBodyBytes;
      return new MessageReader(inflaterFor(head.headers, side, max), max);
    };
    this.#readers = { request: reader('client'), response: reader('server') };
    this.#strays = new ExchangeBuilder({ ...open, dialect: null }, context);
  }

  take(record: TapRecord, slab: ArrayBuffer): Promise<void> | null {
    if ('t' in record) this.#lastTime = record.t;
    if (record.kind === 'bytes') {
      const { direction, range, t } = record;
      const chunk = new Uint8Array(slab, range.offset, range.length);
      const wasBroken = this.#readers[direction].isBroken;
      const heldMs = record.heldMs ?? 0;
      const messages = this.#readers[direction].push(chunk, t - heldMs);
      if (this.#readers[direction].isBroken && !wasBroken) this.#gap(direction, range.length);
      return messages.length === 0 ? null : this.#takeAll(direction, messages, heldMs);
    }
    if (record.kind === 'dropped') {
      this.#readers[record.direction].gap();
      this.#gap(record.direction, record.bytes);
    }
    return record.kind === 'end' ? this.#end(record.cause) : null;
  }

  async interrupt(): Promise<void> {
    for (const turn of this.#turns.splice(0)) await turn.builder.interrupt();
    if (this.#keepsStrays()) await this.#strays.interrupt();
  }

  /** `heldMs`: how long the bytes that completed the messages were on their way through. */
  async #takeAll(
    direction: TapDirection,
    messages: readonly WebSocketMessage[],
    heldMs: number,
  ): Promise<void> {
    for (const message of messages) {
      if (direction === 'request') this.#asked(message, heldMs);
      else await this.#answered(message, heldMs);
    }
  }

  #asked(message: WebSocketMessage, heldMs: number): void {
    const isTurn = this.#isTurnText(message) && isTurnStart(textOf(message));
    if (!isTurn || this.#turns.length >= MAX_WAITING) {
      this.#stray('request', message);
      return;
    }
    this.#hasTurns = true;
    const { t } = message;
    const at = Math.round(this.#open.at + (t - this.#open.t));
    const turn = new Turn({ ...this.#open, id: uuidv7(at), at, t }, this.#context);
    this.#turns.push(turn);
    turn.ask(message.data, this.#lastTime - heldMs, heldMs);
  }

  async #answered(message: WebSocketMessage, heldMs: number): Promise<void> {
    const [turn] = this.#turns;
    if (turn === undefined || !this.#isTurnText(message)) {
      this.#stray('response', message);
      return;
    }
    const head = { ...this.#head, t: message.t, written: message.t + heldMs };
    await turn.answer(oneLine(message.data), head);
    if (!isTurnEnd(textOf(message))) return;
    this.#turns.shift();
    await turn.end(this.#lastTime, { kind: 'done' });
  }

  #keepsStrays(): boolean {
    return this.#hasStrays || !this.#hasTurns;
  }

  #isTurnText({ isText }: WebSocketMessage): boolean {
    return isText && this.#open.dialect === 'openai-responses';
  }

  #stray(direction: TapDirection, { data, t }: WebSocketMessage): void {
    this.#hasStrays = true;
    void give(this.#strays, direction, { bytes: oneLine(data), t });
  }

  /** What runs, and the connection's own record, lack something. */
  #gap(direction: TapDirection, bytes: number): void {
    this.#hasStrays = true;
    const builders = [this.#strays, ...this.#turns.map(({ builder }) => builder)];
    const { id } = this.#open;
    for (const builder of builders) {
      void builder.take({ kind: 'dropped', id, direction, bytes }, EMPTY);
    }
  }

  async #end(cause: EndCause): Promise<void> {
    const t = this.#lastTime;
    for (const turn of this.#turns.splice(0)) await turn.end(t, cause);
    if (!this.#keepsStrays()) return;
    const { id } = this.#open;
    const isOrderly = cause.kind === 'client-gone' || cause.kind === 'upstream-cut';
    await this.#strays.take({ kind: 'received', id, t: this.#open.t }, EMPTY);
    await this.#strays.take(this.#head, EMPTY);
    await this.#strays.take({ kind: 'end', id, t, cause: isOrderly ? DONE : cause }, EMPTY);
  }
}

/** One turn, told to an ExchangeBuilder as if it had come over HTTP. */
class Turn {
  readonly builder: ExchangeBuilder;
  readonly #id: string;
  #hasHead = false;

  constructor(open: OpenRecord, context: BuilderContext) {
    this.#id = open.id;
    this.builder = new ExchangeBuilder(open, context);
  }

  /** `t`: when the message had arrived whole; its last bytes went on after `heldMs`. */
  ask(message: Uint8Array, t: number, heldMs: number): void {
    const id = this.#id;
    void give(this.builder, 'request', { bytes: message, t });
    void this.builder.take({ kind: 'received', id, t }, EMPTY);
    void this.builder.take({ kind: 'sent', id, t: t + heldMs, connectMs: null }, EMPTY);
  }

  async answer(line: Uint8Array, head: Head): Promise<void> {
    if (!this.#hasHead) await this.builder.take({ ...head, id: this.#id }, EMPTY);
    this.#hasHead = true;
    await give(this.builder, 'response', { bytes: line, t: head.t });
  }

  async end(t: number, cause: EndCause): Promise<void> {
    await this.builder.take({ kind: 'end', id: this.#id, t, cause }, EMPTY);
  }
}

const EMPTY = new ArrayBuffer(0);
const DONE: EndCause = { kind: 'done' };

function give(
  builder: ExchangeBuilder,
  direction: TapDirection,
  { bytes, t }: { bytes: Uint8Array; t: number },
): Promise<void> | null {
  const slab = new ArrayBuffer(bytes.length);
  new Uint8Array(slab).set(bytes);
  const range = { offset: 0, length: bytes.length };
  const id = builder.exchangeId;
  return builder.take({ kind: 'bytes', id, t, direction, range, heldMs: null }, slab);
}

function textOf({ data }: WebSocketMessage): string {
  return Buffer.from(data.buffer, data.byteOffset, data.length).toString('utf8');
}

/** A line break can only stand between JSON's tokens, where a space means the same. */
function oneLine(message: Uint8Array): Uint8Array {
  const line = new Uint8Array(message.length + 1);
  for (let i = 0; i < message.length; i++) {
    const byte = message[i] ?? 0;
    line[i] = byte === NEW_LINE ? SPACE : byte;
  }
  line[message.length] = NEW_LINE;
  return line;
}
