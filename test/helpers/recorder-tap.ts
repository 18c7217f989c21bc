// Speaks the tap's language for tests: exchanges as the proxy would report them.
import type { Dialect } from '../../src/core/conversation.ts';
import type { Pricer } from '../../src/core/cost.ts';
import type { FlowEvent } from '../../src/core/events.ts';
import type { ExchangeEnd, ExchangeRequest } from '../../src/core/exchange.ts';
import {
  type EndCause,
  TAP_COUNTER_COUNT,
  TAP_COUNTERS,
  type TapBatch,
  type TapRecord,
} from '../../src/core/tap.ts';
import type { Clock } from '../../src/store/recorder/clock.ts';
import { Recorder } from '../../src/store/recorder/recorder.ts';
import type { SinkSlot } from '../../src/store/recorder/sink-queue.ts';
import type { ExchangeRedaction } from '../../src/store/redaction/exchange-redaction.ts';
import type { Sink, SinkItem } from '../../src/store/sink.ts';

export const AT = Date.UTC(2026, 10, 24, 12, 0, 0);

export interface ExchangeScript {
  id?: string;
  at?: number;
  t?: number;
  method?: string;
  target?: string;
  headers?: string[];
  clientAddress?: string;
  dialect?: Dialect | null;
  upstream?: string;
  request?: unknown;
  /** Raw request bytes instead of JSON. */
  requestBytes?: Uint8Array;
  status?: number | null;
  responseHeaders?: string[];
  /** Chunks of the response as on the wire. */
  response?: readonly (string | Uint8Array)[];
  cause?: EndCause;
}

/** All records of one exchange in one batch; times: received +1, sent +2, head +10/+11, bytes +20…, end last. */
export function exchangeBatch(script: ExchangeScript): TapBatch {
  const id = script.id ?? 'x1';
  const t = script.t ?? 1000;
  const chunks: Uint8Array[] = [];
  const records: TapRecord[] = [];
  let offset = 0;
  const bytes = (direction: 'request' | 'response', chunk: Uint8Array, when: number): void => {
    chunks.push(chunk);
    records.push({
      kind: 'bytes',
      heldMs: null,
      id,
      t: when,
      direction,
      range: { offset, length: chunk.byteLength },
    });
    offset += chunk.byteLength;
  };
  records.push({
    kind: 'open',
    id,
    t,
    at: script.at ?? AT,
    transport: 'http',
    method: script.method ?? 'POST',
    target: script.target ?? '/v1/messages',
    headers: script.headers ?? [],
    clientAddress: script.clientAddress ?? '127.0.0.1',
    provider: 'anthropic',
    dialect: script.dialect === undefined ? 'anthropic-messages' : script.dialect,
    upstream: script.upstream ?? 'https://api.example',
  });
  const body =
    script.requestBytes ??
    (script.request === undefined ? null : Buffer.from(JSON.stringify(script.request)));
  if (body !== null) bytes('request', body, t);
  records.push({ kind: 'received', id, t: t + 1 }, { kind: 'sent', id, t: t + 2, connectMs: null });
  if (script.status !== null) {
    records.push({
      kind: 'head',
      id,
      t: t + 10,
      written: t + 11,
      status: script.status ?? 200,
      headers: script.responseHeaders ?? ['content-type', 'application/json'],
    });
  }
  let when = t + 20;
  for (const chunk of script.response ?? []) bytes('response', Buffer.from(chunk), when++);
  records.push({ kind: 'end', id, t: when, cause: script.cause ?? { kind: 'done' } });
  return { slab: new Uint8Array(Buffer.concat(chunks)).buffer, records };
}

/** A clock that stands still until it is told to move. */
export class TestClock implements Clock {
  time = 0;
  #tasks: { at: number; task: () => void }[] = [];

  now(): number {
    return this.time;
  }

  wall(): number {
    return AT + this.time;
  }

  after(ms: number, task: () => void): () => void {
    const entry = { at: this.time + ms, task };
    this.#tasks.push(entry);
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== entry);
    };
  }

  /** Moves on and runs what is due, in order. */
  advance(ms: number): void {
    const until = this.time + ms;
    for (;;) {
      const due = this.#tasks.filter((entry) => entry.at <= until).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#tasks = this.#tasks.filter((entry) => entry !== due);
      this.time = Math.max(this.time, due.at);
      due.task();
    }
    this.time = until;
  }
}

export class MemorySink implements Sink {
  readonly items: SinkItem[] = [];
  readonly batches: number[] = [];
  isClosed = false;
  /** Thrown by the next writes. */
  error: Error | null = null;

  write(items: readonly SinkItem[]): void {
    if (this.error !== null) throw this.error;
    if (items.length > 0) this.batches.push(items.length);
    for (const item of items) {
      if (!this.items.some((old) => old.kind === item.kind && old.request.id === item.request.id)) {
        this.items.push(item);
      }
    }
  }

  close(): void {
    this.isClosed = true;
  }
}

export interface TestRecorder {
  recorder: Recorder;
  clock: TestClock;
  sink: MemorySink;
  events: FlowEvent[];
  notices: string[];
  counters: BigInt64Array<SharedArrayBuffer>;
  /** Takes the exchange and waits until it is worked through. */
  run(script: ExchangeScript): Promise<{ request: ExchangeRequest; end: ExchangeEnd }>;
}

export function makeRecorder(
  options: {
    slots?: SinkSlot[];
    maxBodyBytes?: number;
    redaction?: ExchangeRedaction;
    findSessionByResponseId?: (id: string) => string | null;
    price?: Pricer;
  } = {},
): TestRecorder {
  const clock = new TestClock();
  const sink = new MemorySink();
  const events: FlowEvent[] = [];
  const notices: string[] = [];
  const counters = new BigInt64Array(new SharedArrayBuffer(TAP_COUNTER_COUNT * 8));
  const recorder = new Recorder({
    maxBodyBytes: 1 << 20,
    redaction: null,
    clock,
    counters,
    price: () => null,
    slots: [{ name: 'Memory', path: 'memory', sink }],
    emit: (batch) => events.push(...batch),
    onNotice: (notice) => notices.push(notice),
    ...options,
  });
  return {
    recorder,
    clock,
    sink,
    events,
    notices,
    counters,
    async run(script) {
      takeBatch(recorder, counters, exchangeBatch(script));
      await recorder.settled();
      const id = script.id ?? 'x1';
      const started = events.findLast(
        (event) => event.type === 'exchange.started' && event.exchange.id === id,
      );
      const ended = events.findLast(
        (event) => event.type === 'exchange.ended' && event.end.id === id,
      );
      if (started?.type !== 'exchange.started' || ended?.type !== 'exchange.ended') {
        throw new Error(`exchange ${id} has no start or end`);
      }
      return { request: started.exchange, end: ended.end };
    },
  };
}

/** Counts the slab as the proxy does, then hands the batch over. */
export function takeBatch(
  recorder: Recorder,
  counters: BigInt64Array<SharedArrayBuffer>,
  batch: TapBatch,
): void {
  Atomics.add(counters, TAP_COUNTERS.queuedBytes, BigInt(batch.slab.byteLength));
  recorder.take(batch);
}

/** An Anthropic answer as SSE text: one event per array element. */
export function anthropicStream(
  text: string,
  options: { id?: string; stop?: boolean } = {},
): string[] {
  const events: [string, unknown][] = [
    [
      'message_start',
      {
        type: 'message_start',
        message: {
          id: options.id ?? 'msg_1',
          type: 'message',
          role: 'assistant',
          model: 'claude-test-1',
          content: [],
          stop_reason: null,
          usage: { input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 1 },
        },
      },
    ],
    [
      'content_block_start',
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ],
    ...[...text].map((char): [string, unknown] => [
      'content_block_delta',
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: char } },
    ]),
  ];
  if (options.stop !== false) {
    events.push(
      ['content_block_stop', { type: 'content_block_stop', index: 0 }],
      [
        'message_delta',
        { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 7 } },
      ],
      ['message_stop', { type: 'message_stop' }],
    );
  }
  return events.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

export function userTurn(...texts: string[]): unknown {
  return {
    model: 'claude-test-1',
    max_tokens: 100,
    stream: true,
    messages: texts.map((text, index) => ({
      role: index % 2 === 0 ? 'user' : 'assistant',
      content: text,
    })),
  };
}

export const SSE_HEADERS = ['content-type', 'text/event-stream; charset=utf-8'];
