import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { NO_COST } from '../../../src/core/cost.ts';
import { OTHER_SESSION } from '../../../src/core/exchange.ts';
import type { History } from '../../../src/core/ports.ts';
import { openHistory } from '../../../src/store/history/sqlite-history.ts';
import type { SqliteSink } from '../../../src/store/sqlite-sink.ts';
import { endItem, makeSink, requestItem, START, tempFolder } from '../../helpers/store-items.ts';

let sink: SqliteSink;
let history: History;

beforeEach(() => {
  const path = join(tempFolder(), 'sessions.db');
  sink = makeSink(path);
  sink.write([]);
  history = openHistory(path);
  onTestFinished(() => history.close());
});

const usage = {
  input: 100,
  cacheRead: 60,
  cacheWrite5m: 20,
  cacheWrite1h: 0,
  output: 30,
  reasoning: 5,
};

describe('sessions', () => {
  beforeEach(() => {
    const of = (sessionId: string, at: number, changes: object) =>
      requestItem({ id: `e-${sessionId}`, sessionId, startedAt: START + at, ...changes });
    sink.write([
      of('abc-1', 0, {}),
      of('abc-2', 2_000, { client: 'codex', provider: 'openai', model: 'gpt-5.5' }),
      of('100%', 1_000, { promptPreview: 'another' }),
      of(OTHER_SESSION, 9_000, { dialect: null, model: null }),
    ]);
  });

  it('are listed by their newest activity, without those of no conversation', () => {
    const list = history.sessions({ limit: 10 });
    expect(list.map((one) => one.sessionId)).toEqual(['abc-2', '100%', 'abc-1']);
    expect(list[2]).toEqual({
      sessionId: 'abc-1',
      startedAt: START,
      lastActivityAt: START,
      client: 'claude-code',
      provider: 'anthropic',
      modelUsed: 'claude-opus-5-5',
      title: 'Fix the parser',
      requests: 1,
      errors: 0,
      usage: null,
      unknownUsage: 0,
      cost: NO_COST,
      project: null,
      isPinned: false,
      toolCalls: 0,
    });
  });

  it.each([
    [{ limit: 1 }, ['abc-2']],
    [{ limit: 9, since: START + 1_000 }, ['abc-2', '100%']],
    [{ limit: 9, model: 'GPT' }, ['abc-2']],
    [{ limit: 9, client: 'codex' }, ['abc-2']],
    [{ limit: 9, provider: 'anthropic' }, ['100%', 'abc-1']],
    [{ limit: 9, model: '%' }, []],
  ])('are filtered by %j', (filter, ids) => {
    expect(history.sessions(filter).map((one) => one.sessionId)).toEqual(ids);
  });

  it('are found by the beginning of their id, or as the last', () => {
    expect(history.resolveSession('abc', 5)).toEqual(['abc-2', 'abc-1']);
    expect(history.resolveSession('abc', 1)).toEqual(['abc-2']);
    expect(history.resolveSession('abc-1', 5)).toEqual(['abc-1']);
    expect(history.resolveSession('last', 5)).toEqual(['abc-2']);
    expect(history.resolveSession('%', 5)).toEqual([]);
    expect(history.resolveSession('', 5)).toEqual([]);
    sink.write([requestItem({ id: 'x', sessionId: 'abc-10' })]);
    expect(history.resolveSession('abc-1', 5)).toEqual(['abc-1']);
    expect(history.session('abc')).toBeNull();
  });
});

describe('exchanges', () => {
  it('come back as they were written', () => {
    const item = requestItem(
      {
        requestHeaders: ['A', '1', 'a', '2', 'Content-Type', 'application/json'],
        auxiliary: 'title',
        agentId: 'agent',
        parentId: 'parent',
        previousResponseId: 'resp-0',
      },
      { messages: [] },
    );
    const end = endItem(
      item.request,
      {
        outcome: 'failed',
        errorCode: 'overloaded_error',
        errorMessage: 'Overloaded',
        status: 529,
        responseId: 'resp-1',
        usage,
        providerUsage: { input_tokens: 20, nested: { a: [1] } },
        isPartial: true,
        parts: [{ type: 'text', text: 'The answer' }],
      },
      Buffer.from('data: raw\r\n\r\n'),
    );
    sink.write([item, end]);
    const { parts, toolCalls, responseHeaders, rateLimits: _rateLimits, ...summary } = end.end;
    const listed = { ...item.request, end: summary, toolCalls: [], answerPreview: 'The answer' };
    expect(history.exchanges('session-1', { limit: 5, offset: 0 })).toEqual([listed]);
    expect(history.exchange('exchange-1')).toEqual({
      ...listed,
      messages: [],
      answer: parts,
      responseHeaders,
    });
    expect(history.rawBody('exchange-1', 'response')).toEqual(Buffer.from('data: raw\r\n\r\n'));
  });

  it('are listed oldest first, page by page, open ones without an end', () => {
    for (const at of [3, 1, 2]) sink.write([requestItem({ id: `e${at}`, startedAt: START + at })]);
    const ids = (limit: number, offset: number) =>
      history.exchanges('session-1', { limit, offset }).map((one) => one.id);
    expect([ids(2, 0), ids(2, 2), ids(2, 3)]).toEqual([['e1', 'e2'], ['e3'], []]);
    expect(history.exchange('e1')?.end).toBeNull();
    expect(history.exchange('nobody')).toBeNull();
  });

  it('show missing durations as missing', () => {
    const item = requestItem();
    const timing = {
      received: null,
      sent: 0,
      connect: null,
      firstByte: null,
      firstToken: null,
      ended: null,
      overhead: null,
      tokenGaps: null,
    };
    sink.write([item, endItem(item.request, { timing })]);
    expect(history.exchange('exchange-1')?.end?.timing).toEqual(timing);
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
    ['zstd', zstdCompressSync],
  ])('show the conversation of a %s body, and keep its bytes', (coding, compress) => {
    const plain = Buffer.from(
      JSON.stringify({ messages: [{ role: 'user', content: 'packed words' }] }),
    );
    const body = compress(plain);
    const item = requestItem({ requestHeaders: ['Content-Encoding', coding] }, body);
    sink.write([{ ...item, decoded: plain }]);
    expect(history.exchange('exchange-1')?.messages).toEqual([
      { role: 'user', parts: [{ type: 'text', text: 'packed words' }] },
    ]);
    expect(history.rawBody('exchange-1', 'request')).toEqual(body);
    expect(history.search('packed', { limit: 5 })).toHaveLength(1);
  });

  it('give no bytes that are not the whole or not the right ones', () => {
    const item = requestItem(
      { requestBody: { bytes: 99, sha256: null, truncated: true } },
      'a part',
    );
    sink.write([item]);
    expect(history.rawBody('exchange-1', 'request')).toBeNull();
    expect(history.rawBody('exchange-1', 'response')).toBeNull();
    const wrong = { bytes: 8, sha256: 'ab'.repeat(32), truncated: false };
    sink.write([requestItem({ id: 'e2', requestBody: wrong }, 'a part')]);
    expect(history.rawBody('e2', 'request')).toBeNull();
    expect(history.exchange('e2')?.messages).toEqual([]);
  });
});

describe('the conversation of requests that continue an answer', () => {
  const turn = (n: number, previous: string | null, input: unknown) =>
    requestItem(
      {
        id: `e${n}`,
        startedAt: START + n,
        dialect: 'openai-responses',
        previousResponseId: previous,
        transport: 'websocket',
      },
      {
        type: 'response.create',
        model: 'gpt',
        instructions: 'Be brief.',
        previous_response_id: previous,
        input,
      },
    );

  it('is joined from the whole chain', () => {
    const first = turn(1, null, [{ role: 'user', content: 'one' }]);
    const second = turn(2, 'r1', [{ role: 'user', content: 'two' }]);
    const third = turn(3, 'r2', [{ role: 'user', content: 'three' }]);
    const say = (text: string) => [{ type: 'text', text }] as const;
    sink.write([
      first,
      endItem(first.request, { responseId: 'r1', parts: say('answer one') }),
      second,
      endItem(second.request, { responseId: 'r2', parts: say('answer two') }),
      third,
    ]);
    const told = history
      .exchange('e3')
      ?.messages.map((message) => [
        message.role,
        ...message.parts.map((part) => (part.type === 'text' ? part.text : part.type)),
      ]);
    expect(told).toEqual([
      ['system', 'Be brief.'],
      ['user', 'one'],
      ['assistant', 'answer one'],
      ['user', 'two'],
      ['assistant', 'answer two'],
      ['user', 'three'],
    ]);
  });

  it('ends where the chain is unknown or refers to itself', () => {
    const item = turn(1, 'r1', [{ role: 'user', content: 'one' }]);
    sink.write([item, endItem(item.request, { responseId: 'r1' })]);
    expect(history.exchange('e1')?.messages).toHaveLength(2);
  });
});

describe('stats', () => {
  it('sum all sessions, one, or a span of time, without what belongs to no conversation', () => {
    const add = (id: string, sessionId: string, at: number) => {
      const item = requestItem({ id, sessionId, startedAt: START + at });
      sink.write([item, endItem(item.request, { usage })]);
    };
    add('e1', 'a', 0);
    add('e2', 'b', 10_000);
    add('e3', 'b', 20_000);
    add('e4', OTHER_SESSION, 20_000);
    expect(history.stats({})).toEqual({
      sessionId: null,
      sessions: 2,
      requests: 3,
      outcomes: { completed: 3 },
      usage: {
        input: 300,
        cacheRead: 180,
        cacheWrite5m: 60,
        cacheWrite1h: 0,
        output: 90,
        reasoning: 15,
      },
      unknownUsage: 0,
      cost: { ...NO_COST, unpriced: 3 },
      tools: [],
      timed: 3,
      totalMs: 3_000,
      overheadMs: 3.75,
    });
    expect(history.stats({ since: 0 })).toEqual(history.stats({}));
    expect(history.stats({ since: START + 10_000 })).toMatchObject({ sessions: 1, requests: 2 });
    expect(history.stats({ sessionId: 'b', since: START + 20_000 })).toMatchObject({ requests: 1 });
    expect(history.stats({ sessionId: 'nobody' })).toMatchObject({ sessions: 0, usage: null });
  });
});
