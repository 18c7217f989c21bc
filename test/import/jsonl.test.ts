import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { exportRecords } from '../../src/export/export.ts';
import { openHistory } from '../../src/store/history/sqlite-history.ts';
import { compareRecords } from '../../src/store/inspect/compare-records.ts';
import { JsonlSink } from '../../src/store/jsonl-sink.ts';
import type { SinkItem } from '../../src/store/sink.ts';
import {
  everything,
  HOSTILE_SESSION,
  hostileItems,
  recordItems,
} from '../helpers/hostile-history.ts';
import { fixture, importInto, place, recorded } from '../helpers/imports.ts';
import { endItem, requestItem, START, tempFolder } from '../helpers/store-items.ts';

function exported(database: string, sessions: readonly string[]): string {
  const history = openHistory(database);
  const chunks = exportRecords(
    history,
    { sessions, exchanges: [] },
    { format: 'jsonl', version: '1' },
  );
  const text = [...chunks].join('');
  history.close();
  return text;
}

const usage = { input: 9, cacheRead: 4, cacheWrite5m: 0, cacheWrite1h: 0, output: 3, reasoning: 0 };

/** A conversation that grows, an encoded answer, a body that was cut, one that is no text, one that ran. */
function variousItems(): SinkItem[] {
  const messages: unknown[] = [];
  const grown = Array.from({ length: 6 }, (_, index) => {
    messages.push({ role: 'user', content: `${index} ${'long words, é '.repeat(60)}` });
    const request = requestItem(
      { id: `turn-${index}`, startedAt: START + index * 1000, messageCount: messages.length },
      { model: 'claude-opus-5-5', messages, metadata: { index } },
    );
    const parts = [{ type: 'text', text: `answer ${index}` }] as const;
    return [
      request,
      endItem(request.request, { usage, parts, responseId: `msg_${index}` }, { index }),
    ];
  });
  const gzip = gzipSync('{"messages":[{"role":"user","content":"packed"}]}');
  const packed = requestItem(
    { id: 'packed', requestHeaders: ['content-encoding', 'gzip'], startedAt: START + 10_000 },
    gzip,
  );
  const cut = requestItem({ id: 'cut', startedAt: START + 11_000 }, { messages: [] });
  const facts = { ...cut.request.requestBody, bytes: 5_000, truncated: true };
  const truncated = { ...cut, request: { ...cut.request, requestBody: facts } };
  const lost = endItem(truncated.request, {
    outcome: 'failed',
    status: null,
    errorCode: 'connect-refused',
    errorMessage: 'nobody there',
  });
  const binary = Buffer.from([0, 255, 10, 13, 200]);
  return [...grown.flat(), packed, endItem(packed.request, {}, binary), truncated, lost];
}

describe('export --format jsonl', () => {
  it.each([
    ['hostile text in every field', hostileItems, HOSTILE_SESSION],
    ['bodies of every kind', variousItems, 'session-1'],
  ])('imported elsewhere makes the same records: %s', async (_name, items, session) => {
    const database = recordItems(items());
    const folder = tempFolder();
    const text = exported(database, [session]);
    const file = place(folder, 'all.jsonl', text.trimEnd().split('\n'));
    const copy = join(folder, 'copy.db');
    const result = await importInto(copy, 'jsonl', file);
    expect(result).toMatchObject({ badLines: 0, known: 0 });
    expect(everything(copy, session)).toEqual(everything(database, session));
    expect(exported(copy, [session])).toBe(text);
    expect(await importInto(copy, 'jsonl', file)).toMatchObject({ imported: 0, unchanged: 1 });
  });

  it('keeps what was imported marked as such', async () => {
    const folder = tempFolder();
    const database = join(folder, 'a.db');
    place(folder, 'projects/x/a.jsonl', fixture('claude-2.1.330.jsonl'));
    await importInto(database, 'claude', folder);
    const { sessionId = '' } = recorded(database)[0]?.session ?? {};
    const text = exported(database, [sessionId]);
    const file = place(folder, 'out/all.jsonl', text.trimEnd().split('\n'));
    const copy = join(folder, 'b.db');
    await importInto(copy, 'jsonl', file);
    expect(exported(copy, [sessionId])).toBe(text);
    expect(recorded(copy)[0]?.exchanges.map(({ importedFrom }) => importedFrom)).toEqual(
      Array(4).fill('claude'),
    );
  });

  it('tells lines that cannot be believed, and takes the others', async () => {
    const folder = tempFolder();
    const [first = '', second = '', third = ''] = exported(recordItems(variousItems()), [
      'session-1',
    ]).split('\n');
    const file = place(folder, 'all.jsonl', [
      first,
      second.replace('"startedAt":', '"startedAt":"x","was":'),
      third,
      '{"type":"exchange","format":99}',
      '{"type":"something"}',
    ]);
    const result = await importInto(join(folder, 'a.db'), 'jsonl', file);
    // The third builds on the second.
    expect(result.bad.map(({ line, reason }) => `${line}: ${reason}`)).toEqual([
      expect.stringMatching(/^2: request\.startedAt: /),
      expect.stringMatching(/^3: builds on turn-1, which is not in the file/),
      expect.stringMatching(/^4: format: /),
      '5: not a line of LunaRoute',
    ]);
    expect(result.imported).toBe(1);
  });
});

/** Only ids that tell the time are compared. */
function withUuid(item: SinkItem): SinkItem {
  const digits = Buffer.from(item.request.id).toString('hex').padStart(12, '0').slice(-12);
  const time = item.request.startedAt.toString(16).padStart(12, '0');
  const id = `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${digits}`;
  const request = { ...item.request, id };
  return item.kind === 'request'
    ? { ...item, request }
    : { ...item, request, end: { ...item.end, id } };
}

describe('the files that the recorder writes', () => {
  it('fill a database that lacks them: same exchanges, conversation and sums', async () => {
    const folder = tempFolder();
    const items = variousItems();
    const database = recordItems(items);
    const sink = new JsonlSink({ directory: join(folder, 'sessions'), onNotice: () => undefined });
    sink.write(items);
    sink.close();
    const copy = join(folder, 'copy.db');
    expect(await importInto(copy, 'jsonl', join(folder, 'sessions'))).toMatchObject({
      imported: 8,
      badLines: 0,
    });
    const [before] = recorded(database);
    const [after] = recorded(copy);
    // A title is the first words that a request's body says; these items' heads say something else.
    const { title: _, ...sums } = before?.session ?? { title: null };
    expect(after?.session).toMatchObject(sums);
    const told = (exchanges = before?.exchanges) =>
      exchanges?.map(({ id, messages, answer, end }) => ({
        id,
        messages,
        answer,
        usage: end?.usage,
        outcome: end?.outcome,
        error: end?.errorMessage,
        cost: end?.cost,
        at: end?.endedAt,
      }));
    // What was cut or packed has no readable body in these items.
    const read = (exchanges = before?.exchanges) =>
      told(exchanges)?.filter(({ id }) => id.startsWith('turn-'));
    expect(read(after?.exchanges)).toEqual(read());
  });

  it('are compared with SQLite as before; what was imported from elsewhere is left out', async () => {
    const folder = tempFolder();
    const directory = join(folder, 'sessions');
    const items = variousItems().map(withUuid);
    const sink = new JsonlSink({ directory, onNotice: () => undefined });
    sink.write(items);
    sink.close();
    const database = recordItems(items.slice(0, 2));
    place(
      folder,
      'projects/x/a.jsonl',
      fixture('claude-2.1.330.jsonl').map((each) =>
        each
          .replaceAll(/beed9511[\w-]+/g, 'session-1')
          .replaceAll(/2026-11-25T/g, `${new Date(START).toISOString().slice(0, 10)}T`),
      ),
    );
    await importInto(database, 'claude', join(folder, 'projects'));
    const options = { sqlitePath: database, jsonlDirectory: directory, now: START + 1e9 };
    const lacking = compareRecords(options);
    expect(lacking.missingInJsonl).toEqual([]);
    expect(lacking.missingInSqlite.flatMap(({ exchangeIds }) => exchangeIds)).toHaveLength(7);
    await importInto(database, 'jsonl', directory);
    expect(compareRecords(options)).toMatchObject({
      missingInJsonl: [],
      missingInSqlite: [],
      agreed: 8,
    });
  });
});

describe('records of the Rust original', () => {
  const event = (type: string, request: string, more: object) =>
    JSON.stringify({
      type,
      session_id: 'rust-1',
      request_id: request,
      timestamp: new Date(START).toISOString(),
      ...more,
    });
  const started = {
    model_requested: 'claude-opus-5-5',
    provider: 'anthropic',
    listener: 'anthropic',
    is_streaming: true,
    user_agent: 'claude-cli/2.0',
  };
  const request = {
    request_text: 'hi',
    request_json: { model: 'claude-opus-5-5', messages: [{ role: 'user', content: 'hi' }] },
  };
  const done = { success: true, finish_reason: 'end_turn', error: null };

  it('become exchanges: answers as JSON, and of streams as text with their counts', async () => {
    const root = tempFolder();
    const database = join(root, 'sessions.db');
    const answer = {
      id: 'msg_rust',
      model: 'claude-opus-5-5',
      content: [{ type: 'text', text: 'yes' }],
      usage: { input_tokens: 3, output_tokens: 2 },
    };
    place(root, '2026-09-21/rust-1.jsonl', [
      event('started', 'r1', started),
      event('request_recorded', 'r1', request),
      event('response_recorded', 'r1', {
        response_json: answer,
        response_text: 'yes',
        model_used: 'claude-opus-5-5',
      }),
      event('completed', 'r1', done),
      event('started', 'r2', started),
      event('request_recorded', 'r2', request),
      event('response_recorded', 'r2', {
        response_json: {},
        response_text: 'streamed',
        input_tokens: 7,
        output_tokens: 5,
        cache_read_tokens: 90,
      }),
      event('completed', 'r2', done),
      event('started', 'r3', started),
      event('request_recorded', 'r3', request),
      event('completed', 'r3', { success: false, error: 'overloaded' }),
    ]);
    expect(await importInto(database, 'lunaroute', root)).toMatchObject({
      imported: 3,
      badLines: 0,
    });
    expect(await importInto(database, 'lunaroute', root)).toMatchObject({ imported: 0 });
    const [told] = recorded(database);
    expect(told?.session).toMatchObject({
      sessionId: 'rust-1',
      client: 'claude-code',
      requests: 3,
      errors: 1,
    });
    const words = told?.exchanges.map(({ answer: parts }) =>
      parts.map((part) => ('text' in part ? part.text : '')).join(''),
    );
    expect(words?.toSorted()).toEqual(['', 'streamed', 'yes']);
    expect(told?.session.usage).toMatchObject({ input: 3 + 97, cacheRead: 90, output: 7 });
  });

  it('come from its database where no file tells of the session', async () => {
    const root = tempFolder();
    const other = new Database(join(root, 'sessions.db'));
    other.exec(`CREATE TABLE sessions (session_id TEXT, request_id TEXT, started_at TEXT, completed_at TEXT,
      provider TEXT, listener TEXT, model_requested TEXT, model_used TEXT, success INT, error_message TEXT,
      input_tokens INT, output_tokens INT, request_text TEXT, response_text TEXT)`);
    const insert = other.prepare(
      'INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, NULL, 11, 5, ?, ?)',
    );
    for (const id of ['rust-1', 'rust-2']) {
      insert.run(
        id,
        'r1',
        '2026-09-21T10:00:00Z',
        '2026-09-21T10:00:09Z',
        'openai',
        'openai',
        'gpt-5',
        'gpt-5',
        `ask ${id}`,
        'told',
      );
    }
    other.close();
    place(root, '2026-09-21/rust-1.jsonl', [
      event('started', 'r1', started),
      event('request_recorded', 'r1', request),
      event('completed', 'r1', done),
    ]);
    const database = join(root, 'ours', 'sessions.db');
    mkdirSync(join(root, 'ours'));
    expect(await importInto(database, 'lunaroute', root)).toMatchObject({ imported: 2, known: 1 });
    expect(recorded(database).map(({ session }) => [session.sessionId, session.title])).toEqual(
      expect.arrayContaining([
        ['rust-2', 'ask rust-2'],
        ['rust-1', 'hi'],
      ]),
    );
  });
});
