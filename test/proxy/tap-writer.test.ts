import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OpenRecord } from '../../src/core/tap.ts';
import { TapWriter } from '../../src/proxy/tap-writer.ts';
import { FakeRecorder } from '../helpers/proxy-tap.ts';
import { waitFor } from '../helpers/proxy-wait.ts';

function openRecord(id = 'x1'): OpenRecord {
  return {
    kind: 'open',
    id,
    t: 0,
    at: 0,
    transport: 'http',
    method: 'POST',
    target: '/v1/messages',
    headers: [],
    clientAddress: '127.0.0.1',
    provider: 'anthropic',
    dialect: 'anthropic-messages',
    upstream: 'http://127.0.0.1:1',
  };
}

function makeWriter(recorder: FakeRecorder, maxQueuedBytes = 1 << 20): TapWriter {
  let clock = 0;
  const now = (): number => {
    clock += 1;
    return clock;
  };
  return new TapWriter({ port: recorder, counters: recorder.counters, maxQueuedBytes, now });
}

const chunk = (size: number, fill = 7): Buffer => Buffer.alloc(size, fill);

test('what comes out are the bytes that went in, whatever the chunks and flushes', () => {
  const step = fc.record({
    direction: fc.constantFrom('request' as const, 'response' as const),
    exchange: fc.constantFrom('x1', 'x2'),
    bytes: fc.uint8Array({ maxLength: 300 }),
    flushes: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const recorder = new FakeRecorder();
      const writer = makeWriter(recorder);
      const taps = { x1: writer.open(openRecord('x1')), x2: writer.open(openRecord('x2')) };
      for (const { direction, exchange, bytes, flushes } of steps) {
        taps[exchange === 'x1' ? 'x1' : 'x2'].bytes(direction, bytes);
        if (flushes) writer.flush();
      }
      writer.flush();
      for (const exchange of recorder.exchanges()) {
        for (const direction of ['request', 'response'] as const) {
          const sent = steps.filter(
            (s) => s.exchange === exchange.open.id && s.direction === direction,
          );
          expect(exchange[direction]).toEqual(Buffer.concat(sent.map((s) => s.bytes)));
        }
      }
      expect(recorder.counter('queuedBytes')).toBe(0);
      expect(recorder.counter('droppedBytes')).toBe(0);
    }),
  );
});

test('records come in order, by themselves, and nothing follows the end', async () => {
  const recorder = new FakeRecorder();
  const tap = makeWriter(recorder).open(openRecord());
  tap.bytes('request', chunk(10));
  tap.received();
  tap.sent(3);
  tap.head(5, 200, ['A', 'b']);
  tap.bytes('response', chunk(20));
  tap.end({ kind: 'done' });
  tap.bytes('response', chunk(20));
  tap.received();
  tap.end({ kind: 'client-gone' });
  const exchange = await recorder.ended();
  expect(exchange.kinds).toEqual(['open', 'bytes', 'received', 'sent', 'head', 'bytes', 'end']);
  expect(exchange.end).toEqual({ kind: 'done' });
  expect(exchange.response.length).toBe(20);
});

test('a call never posts: sockets come first', async () => {
  const recorder = new FakeRecorder();
  const tap = makeWriter(recorder, 64 << 20).open(openRecord());
  for (let i = 0; i < 100; i += 1) tap.bytes('request', chunk(64 * 1024));
  expect(recorder.batches).toEqual([]);
  await waitFor(() => recorder.exchanges()[0]?.request.length === 6_553_600, 'all bytes');
});

test('the queue never holds more than its bound, and what is missing is told', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (sizes) => {
      const recorder = new FakeRecorder();
      recorder.isStalled = true;
      const writer = makeWriter(recorder, 1000);
      const tap = writer.open(openRecord());
      for (const size of sizes) {
        tap.bytes('response', chunk(size));
        writer.flush();
        expect(recorder.counter('queuedBytes')).toBeLessThanOrEqual(1000);
      }
      tap.end({ kind: 'done' });
      writer.flush();
      const [exchange] = recorder.exchanges();
      const total = sizes.reduce((sum, size) => sum + size, 0);
      expect((exchange?.response.length ?? 0) + (exchange?.dropped ?? 0)).toBe(total);
      expect(recorder.counter('droppedBytes')).toBe(exchange?.dropped);
      expect(exchange?.kinds.at(-1)).toBe('end');
    }),
  );
});

test('a stalled recorder gets one report for a run of dropped chunks, and bytes again once it takes', () => {
  const recorder = new FakeRecorder();
  recorder.isStalled = true;
  const writer = makeWriter(recorder, 100);
  const tap = writer.open(openRecord());
  tap.bytes('response', chunk(100, 1));
  writer.flush();
  for (let i = 0; i < 50; i += 1) tap.bytes('response', chunk(10, 2));
  recorder.counters[0] = 0n;
  tap.bytes('response', chunk(10, 3));
  tap.end({ kind: 'done' });
  writer.flush();
  const [exchange] = recorder.exchanges();
  expect(exchange?.kinds).toEqual(['open', 'bytes', 'dropped', 'bytes', 'end']);
  expect(exchange?.dropped).toBe(500);
});

test('exchanges that begin while the queue is full are counted, not queued', () => {
  const recorder = new FakeRecorder();
  recorder.isStalled = true;
  const writer = makeWriter(recorder, 100);
  writer.open(openRecord('x1')).bytes('request', chunk(100));
  writer.flush();
  const tap = writer.open(openRecord('x2'));
  tap.bytes('request', chunk(1));
  tap.end({ kind: 'done' });
  writer.flush();
  expect(recorder.exchanges().map(({ open }) => open.id)).toEqual(['x1']);
  expect(recorder.counter('droppedExchanges')).toBe(1);
});

test('a new recorder learns of the exchanges that run, and of what it missed', () => {
  const old = new FakeRecorder();
  old.isStalled = true;
  const writer = makeWriter(old);
  const tap = writer.open(openRecord());
  tap.bytes('request', chunk(30));
  tap.received();
  tap.head(1, 200, []);
  tap.bytes('response', chunk(5));
  writer.flush();
  expect(old.counter('queuedBytes')).toBe(35);
  const fresh = new FakeRecorder(old.counters);
  writer.setPort(fresh);
  expect(fresh.counter('queuedBytes')).toBe(0);
  tap.bytes('response', chunk(8));
  tap.end({ kind: 'done' });
  writer.flush();
  const [exchange] = fresh.exchanges();
  expect(exchange?.kinds.filter((kind) => kind !== 'dropped')).toEqual([
    'open',
    'received',
    'head',
    'bytes',
    'end',
  ]);
  expect(exchange?.dropped).toBe(35);
  expect(exchange?.response.length).toBe(8);
  expect(fresh.counter('droppedBytes')).toBe(35);
});

test('a port that throws costs bytes, not the path', () => {
  const recorder = new FakeRecorder();
  const port = {
    postMessage: () => {
      throw new Error('closed');
    },
  };
  const writer = new TapWriter({
    port,
    counters: recorder.counters,
    maxQueuedBytes: 1000,
    now: () => 0,
  });
  writer.open(openRecord()).bytes('request', chunk(10));
  writer.flush();
  expect(recorder.counter('queuedBytes')).toBe(0);
  expect(recorder.counter('droppedBytes')).toBe(10);
});
