import { describe, expect, test } from 'vitest';
import type { EndCause, TapBatch, TapRecord } from '../../../../src/core/tap.ts';
import { AT, makeRecorder, takeBatch } from '../../../helpers/recorder-tap.ts';

const ID = 'connection';
/** Milliseconds that each chunk is on its way through. */
const HELD = 0.25;

function frame(text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([
    Buffer.from([0x81, 126, payload.length >> 8, payload.length & 255]),
    payload,
  ]);
}

type Step = { request: string } | { response: string } | { lost: number };

/** One connection in one batch; the nth step happens at 1000 + 10 n. */
function connection(steps: readonly Step[], cause: EndCause, status = 101): TapBatch {
  const chunks: Buffer[] = [];
  let offset = 0;
  const records: TapRecord[] = [
    {
      kind: 'open',
      id: ID,
      t: 1000,
      at: AT,
      transport: 'websocket',
      method: 'GET',
      target: '/v1/responses',
      headers: ['session-id', 's1', 'user-agent', 'codex_exec/0.169.0'],
      clientAddress: '127.0.0.1',
      provider: 'openai',
      dialect: 'openai-responses',
      upstream: 'https://api.example',
    },
    { kind: 'received', id: ID, t: 1001 },
    { kind: 'sent', id: ID, t: 1002, connectMs: 1 },
    { kind: 'head', id: ID, t: 1003, written: 1003, status, headers: [] },
  ];
  steps.forEach((step, index) => {
    const t = 1000 + 10 * (index + 1);
    if ('lost' in step) {
      records.push({ kind: 'dropped', id: ID, direction: 'response', bytes: step.lost });
      return;
    }
    const direction = 'request' in step ? 'request' : 'response';
    const chunk = frame('request' in step ? step.request : step.response);
    chunks.push(chunk);
    const range = { offset, length: chunk.length };
    records.push({ kind: 'bytes', id: ID, t, direction, range, heldMs: HELD });
    offset += chunk.length;
  });
  records.push({ kind: 'end', id: ID, t: 2000, cause });
  return { slab: new Uint8Array(Buffer.concat(chunks)).buffer, records };
}

async function record(steps: readonly Step[], cause: EndCause, status?: number) {
  const { recorder, counters, events } = makeRecorder();
  takeBatch(recorder, counters, connection(steps, cause, status));
  await recorder.settled();
  const started = events.flatMap((e) => (e.type === 'exchange.started' ? [e.exchange] : []));
  const ended = events.flatMap((e) => (e.type === 'exchange.ended' ? [e.end] : []));
  return { started, ended };
}

const ASK = { request: '{"type":"response.create","model":"gpt-test","input":"hello"}' };
const CREATED = {
  response: '{"type":"response.created","response":{"id":"r1","model":"gpt-test"}}',
};
const DONE = {
  response: '{"type":"response.completed","response":{"id":"r1","status":"completed","output":[]}}',
};
const GONE: EndCause = { kind: 'client-gone' };

describe('turns of a WebSocket', () => {
  test('each has its own times and its own end', async () => {
    const { started, ended } = await record([ASK, CREATED, DONE, ASK, CREATED, DONE], GONE);
    expect(started.map(({ sessionId, startedAt }) => [sessionId, startedAt])).toEqual([
      ['s1', AT + 10],
      ['s1', AT + 40],
    ]);
    expect(
      ended.map(({ outcome, status, timing }) => [outcome, status, timing.firstByte, timing.ended]),
    ).toEqual([
      ['completed', 101, 10, 20 + HELD],
      ['completed', 101, 10, 20 + HELD],
    ]);
    // Once on the way up, once on the way down.
    expect(ended[0]?.timing).toMatchObject({ received: 0, sent: HELD, overhead: 2 * HELD });
  });

  test('an error of the provider ends its turn, and says what it was', async () => {
    const error =
      '{"type":"error","status":400,"error":{"type":"invalid_request_error","message":"no such response"}}';
    const { ended } = await record([ASK, { response: error }], GONE);
    expect(ended).toMatchObject([{ outcome: 'failed', errorCode: 'invalid_request_error' }]);
  });

  test('what runs when the connection ends has its end', async () => {
    const cut: EndCause = { kind: 'upstream-cut', code: 'reset', message: 'broken' };
    expect((await record([ASK, CREATED], cut)).ended).toMatchObject([
      { outcome: 'incomplete', errorCode: 'reset' },
    ]);
    expect((await record([ASK], GONE)).ended).toMatchObject([{ outcome: 'aborted' }]);
    expect((await record([ASK], { kind: 'shutdown' })).ended).toMatchObject([
      { outcome: 'interrupted' },
    ]);
  });

  test('a gap marks what ran partial, and leaves a record of the connection', async () => {
    const { started, ended } = await record([ASK, CREATED, { lost: 500 }, DONE], GONE);
    expect(started.map(({ sessionId }) => sessionId)).toEqual(['s1', 'other']);
    expect(ended.map(({ isPartial }) => isPartial)).toEqual([true, true]);
  });

  test('a connection without turns, and a refused one, are one exchange', async () => {
    const silent = await record([], GONE);
    expect(silent.started).toMatchObject([{ sessionId: 'other', client: 'codex', dialect: null }]);
    expect(silent.ended).toMatchObject([{ outcome: 'completed', status: 101 }]);
    const refused = await record([], { kind: 'done' }, 426);
    expect(refused.started).toMatchObject([{ id: ID, sessionId: 's1' }]);
    expect(refused.ended).toMatchObject([{ outcome: 'failed', status: 426 }]);
  });
});
