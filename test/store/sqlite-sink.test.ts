import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/core/exchange.ts';
import type { Usage } from '../../src/core/usage.ts';
import { openHistory } from '../../src/store/history/sqlite-history.ts';
import type { SinkItem } from '../../src/store/sink.ts';
import { endItem, makeSink, requestItem, START, tempFolder } from '../helpers/store-items.ts';

let path: string;

beforeEach(() => {
  path = join(tempFolder(), 'data', 'sessions.db');
});

function read<T>(query: (history: ReturnType<typeof openHistory>) => T): T {
  const history = openHistory(path);
  try {
    return query(history);
  } finally {
    history.close();
  }
}

function dump(): unknown {
  const database = new Sqlite(path, { readonly: true });
  const tables = ['sessions', 'exchanges', 'tool_calls', 'segments', 'docs', 'origins'];
  const rows = tables.map((table) => database.prepare(`SELECT * FROM ${table}`).all());
  database.close();
  return rows;
}

const usage: Usage = {
  input: 1_000,
  cacheRead: 700,
  cacheWrite5m: 100,
  cacheWrite1h: 50,
  output: 200,
  reasoning: 30,
};

describe('SqliteSink', () => {
  it('changes nothing when it is given the same items again', () => {
    const sink = makeSink(path);
    const asking = requestItem({}, { messages: [{ role: 'user', content: 'list the files' }] });
    const call = {
      type: 'tool-call',
      id: 'call-1',
      name: 'Bash',
      arguments: '{"command":"ls"}',
    } as const;
    const answering = requestItem({
      id: 'exchange-2',
      startedAt: START + 3_000,
      toolResults: [{ id: 'call-1', bytes: 5, isError: false }],
    });
    const items: SinkItem[] = [
      asking,
      endItem(asking.request, { usage, parts: [call] }, 'raw'),
      answering,
      endItem(answering.request),
    ];
    sink.write(items);
    const before = dump();
    sink.write(items);
    makeSink(path, 'instance-2').write(items);
    expect(dump()).toEqual(before);
  });

  it('writes all items of a batch or none', () => {
    const sink = makeSink(path);
    const broken = { ...requestItem({ id: 'exchange-2' }), body: null as unknown as Uint8Array };
    expect(() => sink.write([requestItem(), broken])).toThrow();
    sink.write([]);
    expect(read((history) => history.session('session-1'))).toBeNull();
    sink.write([requestItem()]);
    expect(read((history) => history.session('session-1')?.requests)).toBe(1);
  });

  it('keeps session sums equal to the sum of the exchanges', () => {
    const outcome = fc.constantFrom<Outcome>('completed', 'failed', 'incomplete', 'aborted');
    const facts = fc.record({
      session: fc.constantFrom('a', 'b'),
      outcome,
      hasUsage: fc.boolean(),
      input: fc.nat(100_000),
      auxiliary: fc.constantFrom(null, null, 'title' as const, 'warm-up' as const),
      isEnded: fc.boolean(),
    });
    const sink = makeSink(path);
    let run = 0;
    fc.assert(
      fc.property(fc.array(facts, { maxLength: 12 }), (exchanges) => {
        run += 1;
        const items = exchanges.flatMap((one, index): SinkItem[] => {
          const request = requestItem({
            id: `${run}-${index}`,
            sessionId: `${run}-${one.session}`,
            auxiliary: one.auxiliary,
          });
          const end = endItem(request.request, {
            outcome: one.outcome,
            usage: one.hasUsage ? { ...usage, input: 1_000 + one.input } : null,
          });
          return one.isEnded ? [request, end] : [request];
        });
        sink.write(items);
        read((history) => {
          for (const name of ['a', 'b']) {
            const sessionId = `${run}-${name}`;
            const sums = history.stats({ sessionId });
            expect(history.stats({ sessionId, since: 0 })).toEqual(sums);
            const of = exchanges.filter((one) => one.session === name);
            const usages = of.filter((one) => one.isEnded && one.hasUsage);
            expect(sums.requests).toBe(of.filter((one) => one.auxiliary !== 'warm-up').length);
            expect(sums.usage?.input ?? null).toBe(
              usages.length === 0 ? null : usages.reduce((sum, one) => sum + 1_000 + one.input, 0),
            );
          }
        });
      }),
      { numRuns: 25 },
    );
  });

  it('tells unknown usage from none', () => {
    const sink = makeSink(path);
    const end = (id: string, changes: Parameters<typeof endItem>[1]) => {
      const item = requestItem({ id });
      sink.write([item, endItem(item.request, changes)]);
    };
    end('counted', { usage });
    end('stream without usage', { outcome: 'completed', status: 200 });
    end('aborted before the answer', { outcome: 'aborted', status: null });
    end('rate limited', { outcome: 'failed', status: 429 });
    end('refused', { outcome: 'failed', status: null });
    end('error inside the stream', { outcome: 'failed', status: 200 });
    const session = read((history) => history.session('session-1'));
    expect(session).toMatchObject({ requests: 6, errors: 3, unknownUsage: 3, usage });
  });

  it('counts the usage of a warm-up, but no request', () => {
    const sink = makeSink(path);
    const item = requestItem({ auxiliary: 'warm-up', promptPreview: 'no title' });
    sink.write([item, endItem(item.request, { usage })]);
    expect(read((history) => history.session('session-1'))).toMatchObject({
      requests: 0,
      usage,
      title: null,
      modelUsed: null,
    });
  });

  it('records an end whose request was lost', () => {
    const sink = makeSink(path);
    const { request } = requestItem();
    sink.write([endItem(request, { usage }, 'answer')]);
    expect(read((history) => history.session('session-1'))).toMatchObject({ requests: 1, usage });
    expect(read((history) => history.rawBody('exchange-1', 'request'))).toEqual(new Uint8Array(0));
  });

  it('finds the session of an answer', () => {
    const sink = makeSink(path);
    expect(sink.findSessionByResponseId('resp-1')).toBeNull();
    const item = requestItem();
    sink.write([item, endItem(item.request, { responseId: 'resp-1' })]);
    expect(sink.findSessionByResponseId('resp-1')).toBe('session-1');
    expect(sink.findSessionByResponseId('resp-2')).toBeNull();
  });

  it('leaves a lock to the caller, and writes when it is gone', () => {
    const sink = makeSink(path);
    sink.write([]);
    const other = new Sqlite(path);
    other.exec('BEGIN IMMEDIATE');
    expect(() => sink.write([requestItem()])).toThrow('locked');
    other.exec('COMMIT');
    other.close();
    sink.write([requestItem()]);
    expect(read((history) => history.session('session-1')?.requests)).toBe(1);
  });

  it('can be read while it writes', () => {
    const sink = makeSink(path);
    sink.write([]);
    const history = openHistory(path);
    for (let index = 0; index < 50; index += 1) {
      sink.write([requestItem({ id: `e${index}` })]);
      expect(history.session('session-1')?.requests).toBe(index + 1);
    }
    history.close();
  });

  it('shares its file with a second live process', () => {
    const sinks = [makeSink(path, 'one'), makeSink(path, 'two')];
    for (let index = 0; index < 100; index += 1) {
      const item = requestItem(
        { id: `e${index}` },
        { messages: [{ role: 'user', content: `turn ${index >> 1}` }] },
      );
      sinks[index % 2]?.write([item, endItem(item.request, { usage })]);
    }
    expect(read((history) => history.session('session-1'))).toMatchObject({
      requests: 100,
      usage: { input: 100_000 },
    });
    const database = new Sqlite(path, { readonly: true });
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    database.close();
  });

  it('stores hostile text as it is', () => {
    const sink = makeSink(path);
    const sessionId = "../../x'; DROP TABLE sessions;--";
    const body = Buffer.from('{"__proto__":{"a":1e400},"messages":[{"content":"\\u0000\\ud800"}]}');
    const item = requestItem({ sessionId, promptPreview: 'a\u0000b\u001b[2J' }, body);
    sink.write([item, endItem(item.request, { parts: [{ type: 'text', text: '\ud800\u0000' }] })]);
    const exchange = read((history) => history.exchange('exchange-1'));
    expect(exchange).toMatchObject({ sessionId, promptPreview: 'a\u0000b\u001b[2J' });
    expect(exchange?.answer).toEqual([{ type: 'text', text: '\ud800\u0000' }]);
    expect(read((history) => history.rawBody('exchange-1', 'request'))).toEqual(body);
  });

  it('records JSON nested 100,000 deep, and what is no JSON', () => {
    const deep = `${'[{"content":'.repeat(50_000)}1${'}]'.repeat(50_000)}`;
    const bodies = [`{"messages":[{"role":"user","content":${deep}}]}`, '{"messages":[{"role":}]}'];
    const sink = makeSink(path);
    bodies.forEach((body, index) => {
      sink.write([requestItem({ id: `e${index}` }, Buffer.from(body))]);
      expect(read((history) => history.rawBody(`e${index}`, 'request'))).toEqual(Buffer.from(body));
      expect(read((history) => history.exchange(`e${index}`)?.id)).toBe(`e${index}`);
    });
  });

  it('begins a damaged full-text index anew and goes on recording', () => {
    const notices: string[] = [];
    const sink = makeSink(path, 'instance-1', notices);
    const say = (id: string, content: string) =>
      requestItem({ id }, { messages: [{ role: 'user', content }] });
    sink.write([say('e1', 'early words')]);
    const other = new Sqlite(path);
    other.unsafeMode(true);
    other.exec('UPDATE texts_data SET block = randomblob(length(block))');
    other.close();
    // FTS5 says of random blocks that they are corrupt, or runs out of memory on a length it read there.
    expect(() => sink.write([say('e2', 'later words')])).toThrow(/corrupt|out of memory/);
    sink.write([say('e2', 'later words')]);
    expect(notices).toEqual([expect.stringContaining('full-text index')]);
    expect(
      read((history) => history.search('words', { limit: 5 })).map((hit) => hit.exchangeId),
    ).toEqual(['e2']);
    expect(read((history) => history.session('session-1')?.requests)).toBe(2);
  });

  it('sets a database that is damaged while it runs aside, and goes on in a new one', () => {
    const notices: string[] = [];
    const sink = makeSink(path, 'instance-1', notices);
    for (let index = 0; index < 40; index += 1) {
      sink.write([requestItem({ id: `e${index}` }, { messages: [{ content: randomText() }] })]);
    }
    // Another writer, so that the sink reads the file instead of its cache.
    const other = new Sqlite(path);
    other.exec("UPDATE runs SET host = 'elsewhere'");
    other.pragma('wal_checkpoint(TRUNCATE)');
    other.close();
    const file = openSync(path, 'r+');
    const pages = Math.floor(fstatSync(file).size / 4096);
    for (let page = 2; page < pages; page += 1)
      writeSync(file, Buffer.alloc(4096, 0xff), 0, 4096, page * 4096);
    closeSync(file);
    const late = requestItem({ id: 'late' }, { messages: [{ content: randomText() }] });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      try {
        sink.write([late]);
      } catch {
        // The recorder keeps the batch and tries again.
      }
    }
    expect(notices).toEqual([expect.stringContaining('is damaged')]);
    expect(read((history) => history.session('session-1')?.requests)).toBe(1);
  });
});

function randomText(): string {
  return randomBytes(3_000).toString('hex');
}
