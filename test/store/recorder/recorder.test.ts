import { createHash } from 'node:crypto';
import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { OTHER_SESSION } from '../../../src/core/exchange.ts';
import { TAP_COUNTERS } from '../../../src/core/tap.ts';
import {
  AT,
  anthropicStream,
  exchangeBatch,
  makeRecorder,
  SSE_HEADERS,
  takeBatch,
  userTurn,
} from '../../helpers/recorder-tap.ts';

const SESSION = ['X-Claude-Code-Session-Id', 'session-1', 'User-Agent', 'claude-cli/2.1.330 (x)'];

describe('Recorder', () => {
  it('tells a whole streamed exchange: start, head, progress, end', async () => {
    const { run, events, sink, clock } = makeRecorder();
    const { request, end } = await run({
      headers: SESSION,
      request: userTurn('hello'),
      responseHeaders: SSE_HEADERS,
      response: anthropicStream('hi there'),
    });
    expect(request).toMatchObject({
      sessionId: 'session-1',
      sessionSource: 'header',
      client: 'claude-code',
      model: 'claude-test-1',
      stream: true,
      promptPreview: 'hello',
      messageCount: 1,
      startedAt: AT,
    });
    expect(end).toMatchObject({
      outcome: 'completed',
      errorCode: null,
      status: 200,
      responseId: 'msg_1',
      modelUsed: 'claude-test-1',
      stopReason: 'end_turn',
      parts: [{ type: 'text', text: 'hi there' }],
      usage: { input: 15, cacheRead: 5, output: 7 },
      isPartial: false,
    });
    expect(end.timing).toEqual({
      received: 1,
      sent: 2,
      connect: null,
      firstByte: 10,
      firstToken: 22,
      ended: 33,
      overhead: 2,
      tokenGaps: expect.objectContaining({ count: 7, p50: 1, p95: 1, p99: 1 }),
    });
    expect(end.endedAt).toBe(AT + 33);
    expect(events.map((event) => event.type)).toEqual([
      'exchange.started',
      'response.started',
      'response.progress',
      'exchange.ended',
    ]);
    expect(events.map((event) => event.seq)).toEqual([1, 2, 3, 4]);
    expect(events[2]).toMatchObject({ kind: 'text', text: 'hi there', usage: { input: 15 } });
    clock.advance(100);
    expect(sink.items.map((item) => item.kind)).toEqual(['request', 'end']);
  });

  it('keeps length, hash and the first bytes of bodies beyond the cap', async () => {
    const { run, sink, clock } = makeRecorder({ maxBodyBytes: 1000 });
    const body = Buffer.from(JSON.stringify(userTurn('x'.repeat(5000))));
    const { request, end } = await run({
      headers: SESSION,
      requestBytes: body,
      responseHeaders: SSE_HEADERS,
      response: anthropicStream('a long answer '.repeat(20)),
    });
    expect(request.requestBody).toEqual({
      bytes: body.length,
      sha256: createHash('sha256').update(body).digest('hex'),
      truncated: true,
    });
    expect(request.sessionId).toBe('session-1');
    // The stream was read on beyond what is kept.
    expect(end).toMatchObject({ outcome: 'completed', usage: { output: 7 }, isPartial: true });
    clock.advance(100);
    expect(sink.items.map((item) => item.body.byteLength)).toEqual([1000, 1000]);
    expect(Buffer.from(sink.items[0]!.body)).toEqual(body.subarray(0, 1000));
  });

  it('gives back the room of the queue, and marks what the queue could not hold', async () => {
    const { recorder, counters, events } = makeRecorder();
    const batch = exchangeBatch({
      headers: SESSION,
      request: userTurn('hello'),
      responseHeaders: SSE_HEADERS,
      response: anthropicStream('abc'),
    });
    const records = [...batch.records];
    const third = records.findIndex((record) => record.kind === 'head') + 3;
    records.splice(third, 1, { kind: 'dropped', id: 'x1', direction: 'response', bytes: 77 });
    takeBatch(recorder, counters, { slab: batch.slab, records });
    await recorder.settled();
    expect(Atomics.load(counters, TAP_COUNTERS.queuedBytes)).toBe(0n);
    const ended = events.at(-1);
    expect(ended).toMatchObject({
      type: 'exchange.ended',
      end: {
        isPartial: true,
        usage: { output: 7 },
        responseBody: { sha256: null, truncated: true },
      },
    });
  });

  it('decodes requests of every encoding, and keeps their wire bytes', async () => {
    const plain = Buffer.from(JSON.stringify(userTurn('compressed prompt')));
    const encoded: [string, Buffer][] = [
      ['gzip', zlib.gzipSync(plain)],
      ['x-gzip', zlib.gzipSync(plain)],
      ['deflate', zlib.deflateSync(plain)],
      ['deflate', zlib.deflateRawSync(plain)],
      ['br', zlib.brotliCompressSync(plain)],
      ['zstd', zlib.zstdCompressSync(plain)],
      ['gzip, br', zlib.brotliCompressSync(zlib.gzipSync(plain))],
    ];
    for (const [coding, body] of encoded) {
      const { run, sink, clock } = makeRecorder();
      const { request } = await run({
        headers: ['Content-Encoding', coding, ...SESSION],
        requestBytes: body,
      });
      expect(request.promptPreview, coding).toBe('compressed prompt');
      clock.advance(100);
      const item = sink.items[0]!;
      expect(Buffer.from(item.body), coding).toEqual(body);
      expect(item.kind === 'request' && Buffer.from(item.decoded ?? []), coding).toEqual(plain);
    }
  });

  it('keeps the raw bytes of what cannot be decoded or read', async () => {
    const bodies: [string[], Buffer][] = [
      [['content-encoding', 'lzma'], Buffer.from('whatever')],
      [['content-encoding', 'gzip'], Buffer.from('not gzip at all')],
      [[], Buffer.from('{"broken json')],
      [[], Buffer.from([0xff, 0xfe, 0x00])],
    ];
    for (const [headers, requestBytes] of bodies) {
      const { run, sink, clock } = makeRecorder();
      const { request, end } = await run({ headers, requestBytes, response: ['{"a":'] });
      expect(request).toMatchObject({ model: null, promptPreview: null, sessionId: OTHER_SESSION });
      expect(end.outcome).toBe('completed');
      clock.advance(100);
      expect(Buffer.from(sink.items[0]!.body)).toEqual(requestBytes);
    }
  });

  it('does not unpack a bomb', async () => {
    const bomb = zlib.gzipSync(Buffer.alloc(66 << 20), { level: 1 });
    const { run } = makeRecorder();
    const { request, end } = await run({
      headers: ['content-encoding', 'gzip'],
      requestBytes: bomb,
      responseHeaders: ['content-type', 'application/json', 'content-encoding', 'gzip'],
      response: [bomb],
    });
    expect(request.requestBody.bytes).toBe(bomb.length);
    expect(end).toMatchObject({ parts: [], isPartial: true });
  });

  it('starts an exchange at its end when the request never came whole', async () => {
    const { recorder, events } = makeRecorder();
    const { slab, records } = exchangeBatch({
      headers: SESSION,
      request: userTurn('hello'),
      status: null,
      cause: { kind: 'client-gone' },
    });
    recorder.take({ slab, records: records.filter(({ kind }) => !/received|sent/.test(kind)) });
    await recorder.settled();
    expect(events.map((event) => event.type)).toEqual(['exchange.started', 'exchange.ended']);
    expect(events[1]).toMatchObject({
      end: { outcome: 'aborted', status: null, timing: { received: null, overhead: null } },
    });
  });

  it('announces a head that came before the whole request only after the start', async () => {
    const { recorder, events } = makeRecorder();
    const { slab, records } = exchangeBatch({
      headers: SESSION,
      request: userTurn('hello'),
      responseHeaders: SSE_HEADERS,
      response: anthropicStream('hi'),
    });
    const received = records.filter(({ kind }) => kind === 'received');
    const rest = records.filter(({ kind }) => kind !== 'received');
    recorder.take({ slab, records: [...rest.slice(0, -1), ...received, ...rest.slice(-1)] });
    await recorder.settled();
    expect(events.map((event) => event.type)).toEqual([
      'exchange.started',
      'response.started',
      'exchange.ended',
    ]);
  });

  it('knows the answer before the request that continues it', async () => {
    const { recorder, events, counters } = makeRecorder();
    const responses = (id: string, previous: string | null, extra: object) =>
      exchangeBatch({
        id,
        dialect: 'openai-responses',
        target: '/v1/responses',
        request: { model: 'gpt-test', input: 'hello', previous_response_id: previous },
        responseHeaders: ['content-type', 'application/json', 'content-encoding', 'gzip'],
        response: [
          zlib.gzipSync(
            JSON.stringify({
              id: `resp_${id}`,
              object: 'response',
              status: 'completed',
              output: [],
            }),
          ),
        ],
        ...extra,
      });
    // Decoding is asynchronous; both batches wait in the queue at once.
    takeBatch(recorder, counters, responses('a', null, { headers: ['session-id', 'codex-1'] }));
    takeBatch(recorder, counters, responses('b', 'resp_a', {}));
    await recorder.settled();
    const started = events.filter((event) => event.type === 'exchange.started');
    expect(started[1]).toMatchObject({
      exchange: { sessionId: 'codex-1', sessionSource: 'previous-response' },
    });
    const order = events.map((event) => event.type);
    expect(order.indexOf('exchange.ended')).toBeLessThan(order.lastIndexOf('exchange.started'));
  });

  it('lists the tool results that a request brings, not those of its history', async () => {
    const { run } = makeRecorder();
    const turn = (id: string, text: string, result: string, isError: boolean) => [
      {
        role: 'assistant',
        content: [
          { type: 'text', text },
          { type: 'tool_use', id, name: 'Bash', input: { command: 'ls' } },
        ],
      },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: id, content: result, is_error: isError }],
      },
    ];
    const { request } = await run({
      headers: SESSION,
      request: {
        model: 'm',
        messages: [
          { role: 'user', content: 'go' },
          ...turn('t1', 'first', 'old', false),
          ...turn('t2', 'second', 'ünew', true),
        ],
      },
    });
    expect(request.toolResults).toEqual([{ id: 't2', bytes: 5, isError: true }]);
  });

  it('shows no credential in an event or an item, even one that the provider echoes', async () => {
    const { run, events, sink, clock } = makeRecorder();
    await run({
      target: '/v1/messages?key=CANARY-query-0123456789&beta=true',
      headers: [
        ...['authorization', 'Bearer sk-ant-CANARY-0123456789'],
        ...['x-api-key', 'CANARY-api-key-0123456789', 'cookie', 'sid=CANARY-cookie-01234'],
        ...['proxy-authorization', 'Basic CANARY0123456789'],
      ],
      request: userTurn('hello'),
      status: 401,
      responseHeaders: ['content-type', 'application/json', 'set-cookie', 'a=CANARY-set-01234567'],
      response: [
        JSON.stringify({
          type: 'error',
          error: {
            type: 'authentication_error',
            message: 'invalid x-api-key CANARY-api-key-0123456789 sk-ant-CANARY-0123456789',
          },
        }),
      ],
    });
    clock.advance(100);
    const items = sink.items.map(({ body, ...item }) => ({ ...item, bytes: body.byteLength }));
    expect(JSON.stringify(items, (key, value) => (key === 'decoded' ? null : value))).not.toContain(
      'CANARY',
    );
    expect(JSON.stringify(events)).not.toContain('CANARY');
    expect(events.at(-1)).toMatchObject({
      end: { outcome: 'failed', errorCode: 'authentication_error' },
    });
  });

  it('ends what still runs as interrupted when it is closed', async () => {
    const { recorder, counters, events, sink } = makeRecorder();
    const { slab, records } = exchangeBatch({
      headers: SESSION,
      request: userTurn('hello'),
      responseHeaders: SSE_HEADERS,
      response: anthropicStream('half', { stop: false }),
    });
    takeBatch(recorder, counters, { slab, records: records.slice(0, -1) });
    await recorder.close(1000);
    expect(events.at(-1)).toMatchObject({
      type: 'exchange.ended',
      end: { outcome: 'interrupted', parts: [{ text: 'half' }], isPartial: true },
    });
    expect(sink.items.map((item) => item.kind)).toEqual(['request', 'end']);
    expect(sink.isClosed).toBe(true);
  });

  it('tells events also when recording is off', async () => {
    const { run, recorder } = makeRecorder({ slots: [] });
    const { end } = await run({ headers: SESSION, request: userTurn('hello'), response: ['{}'] });
    expect(end.outcome).toBe('completed');
    await recorder.close(10);
  });
});
