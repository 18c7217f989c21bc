import { appendFileSync, chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  endItem,
  joinLines,
  jsonlFiles,
  jsonlSink,
  readLines,
  requestItem,
  tempFolder,
} from '../helpers/jsonl-items.ts';
import { AT } from '../helpers/recorder-tap.ts';

const DAY = 24 * 60 * 60 * 1000;
const SYSTEM = 'You are an agent. '.repeat(40);
const TOOLS = [{ name: 'Bash', description: 'Runs a command. '.repeat(40), input_schema: {} }];

function message(role: string, content: unknown): { role: string; content: unknown } {
  return { role, content };
}

function body(messages: unknown[], more: object = {}): object {
  return { model: 'm', max_tokens: 5, system: SYSTEM, tools: TOOLS, messages, ...more };
}

const M = [
  message('user', 'one'),
  message('assistant', 'two'),
  message('user', 'three'),
  message('assistant', 'four'),
  message('user', 'five'),
];

describe('JsonlSink', () => {
  it('writes each message once, and says what it follows', () => {
    const directory = tempFolder();
    const sink = jsonlSink(directory);
    sink.write([requestItem({ id: 'a', body: body(M.slice(0, 1)) }), endItem({ id: 'a' })]);
    sink.write([requestItem({ id: 'b', body: body(M.slice(0, 3)) })]);
    const lines = readLines(directory);
    expect(lines.map(({ type }) => type)).toEqual(['session', 'request', 'response', 'request']);
    for (const line of lines) {
      expect(line).toMatchObject({ session_id: 's1', at: expect.stringMatching(/^2026-.*Z$/) });
    }
    expect(lines[0]).toMatchObject({ client: 'claude-code', client_version: '2.1' });
    expect(lines[1]).toMatchObject({
      exchange_id: 'a',
      messages_before: 0,
      continues: null,
      messages: M.slice(0, 1),
      params: { max_tokens: 5, system: SYSTEM, tools: TOOLS },
    });
    expect(lines[3]).toMatchObject({
      messages_before: 1,
      continues: 'a',
      messages: M.slice(1, 3),
      params: { model: 'm', max_tokens: 5 },
      params_from: { system: 'a', tools: 'a' },
    });
  });

  it('files have a local date, and modes that are for their owner only', () => {
    const directory = tempFolder();
    chmodSync(directory, 0o755);
    jsonlSink(directory).write([requestItem({ id: 'a', body: body(M) })]);
    const [path = ''] = jsonlFiles(directory);
    const date = new Date(AT);
    const day = `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
    expect(relative(directory, path)).toBe(join(day, 'session_s1.jsonl'));
    for (const place of [path, dirname(path), directory]) {
      expect(statSync(place).mode & 0o077).toBe(0);
    }
  });

  it('keeps side conversations of a session apart', () => {
    const directory = tempFolder();
    const sink = jsonlSink(directory);
    const title = { model: 'small', messages: [message('user', 'title of: one')] };
    const sub = [message('user', 'subagent task'), message('assistant', 'x'), message('user', 'y')];
    const bodies: Record<string, object> = {
      a: body(M.slice(0, 1)),
      t: title,
      sub1: body(sub.slice(0, 1), { system: 'sub' }),
      b: body(M.slice(0, 3)),
      sub2: body(sub, { system: 'sub' }),
      c: body(M),
      // A person goes back and takes another turn.
      fork: body([...M.slice(0, 2), message('user', 'instead')]),
    };
    for (const [id, sent] of Object.entries(bodies)) sink.write([requestItem({ id, body: sent })]);
    const lines = readLines(directory).filter(({ type }) => type === 'request');
    expect(lines.map((line) => [line['exchange_id'], line['messages_before']])).toEqual([
      ['a', 0],
      ['t', 0],
      ['sub1', 0],
      ['b', 1],
      ['sub2', 1],
      ['c', 3],
      ['fork', 2],
    ]);
    const joined = joinLines(lines);
    for (const [id, sent] of Object.entries(bodies)) {
      expect({ ...joined.get(id)?.params, messages: joined.get(id)?.messages }).toEqual(sent);
    }
  });

  it('knows a message again whose cache mark has moved on', () => {
    const directory = tempFolder();
    const sink = jsonlSink(directory);
    const marked = (text: string) =>
      message('user', [{ type: 'text', text, cache_control: { type: 'ephemeral' } }]);
    sink.write([requestItem({ id: 'a', body: body([marked('one')]) })]);
    sink.write([requestItem({ id: 'b', body: body([M[0], M[1], marked('three')]) })]);
    sink.write([requestItem({ id: 'c', body: body([...M.slice(0, 4), marked('five')]) })]);
    const before = readLines(directory).map((line) => line['messages_before']);
    expect(before).toEqual([undefined, 0, 1, 3]);
  });

  it('does the same for the Responses API, wrapped or not, and for text input', () => {
    const directory = tempFolder();
    const sink = jsonlSink(directory);
    const dialect = 'openai-responses' as const;
    const item = (text: string) => ({ type: 'message', role: 'user', content: text });
    const input = [item('one'), item('two')];
    sink.write([
      requestItem({ id: 'a', dialect, body: { model: 'm', input: input.slice(0, 1) } }),
      requestItem({
        id: 'b',
        dialect,
        body: { type: 'response.create', response: { model: 'm', input } },
      }),
      requestItem({ id: 'c', dialect, body: { model: 'm', input: 'just text' } }),
    ]);
    const lines = readLines(directory).filter(({ type }) => type === 'request');
    expect(lines).toMatchObject([
      { messages: input.slice(0, 1) },
      { messages_before: 1, messages: input.slice(1) },
      { messages: ['just text'] },
    ]);
  });

  it('pairs a tool call with its result, once', () => {
    const directory = tempFolder();
    const sink = jsonlSink(directory);
    const call = { id: 't1', name: 'Bash', arguments: '{"command":"ls"}' };
    const toolResults = [{ id: 't1', bytes: 12, isError: true }];
    sink.write([
      requestItem({ id: 'a', body: body(M.slice(0, 1)) }),
      endItem({ id: 'a' }, { toolCalls: [call] }),
    ]);
    // A restart in between must not lose the pairing.
    sink.close();
    const next = jsonlSink(directory);
    next.write([
      requestItem({ id: 'b', at: AT + 1500, body: body(M.slice(0, 3)), toolResults }),
      requestItem({ id: 'c', at: AT + 9000, body: body(M), toolResults }),
    ]);
    const lines = readLines(directory).filter(({ type }) => type === 'tool_call');
    expect(lines).toMatchObject([
      { exchange_id: 'a', ...call },
      {
        exchange_id: 'b',
        id: 't1',
        name: 'Bash',
        result_bytes: 12,
        is_error: true,
        duration_ms: 500,
      },
    ]);
  });

  it('writes an error line beside the response', () => {
    const directory = tempFolder();
    const failed = { outcome: 'failed', errorCode: 'overloaded_error', errorMessage: 'x' } as const;
    jsonlSink(directory).write([endItem({ id: 'a' }, { ...failed, status: 529 })]);
    expect(readLines(directory).slice(1)).toMatchObject([
      { type: 'response', outcome: 'failed', status: 529 },
      { type: 'error', code: 'overloaded_error', message: 'x' },
    ]);
  });

  it('takes bodies that are no conversation as they are', () => {
    const directory = tempFolder();
    const sink = jsonlSink(directory);
    const hostile = '{"__proto__":{"polluted":1},"constructor":2,"messages":"odd"}';
    sink.write([
      requestItem({ id: 'a', dialect: null, body: { input: ['embed me'], model: 'e' } }),
      requestItem({ id: 'b', raw: '{"broken' }),
      requestItem({ id: 'c', raw: hostile }),
      requestItem({ id: 'd', body: [1, 2] }),
    ]);
    const lines = readLines(directory).slice(1);
    expect(lines).toMatchObject([
      { messages: [], params: { input: ['embed me'], model: 'e' } },
      { messages: [], params: {} },
      { messages: [] },
      { messages: [], params: {} },
    ]);
    expect(JSON.stringify(lines[2]?.['params'])).toBe(hostile);
    expect({}).not.toHaveProperty('polluted');
  });

  it('changes nothing when an item comes again', () => {
    const directory = tempFolder();
    const sink = jsonlSink(directory);
    const items = [requestItem({ id: 'a', body: body(M) }), endItem({ id: 'a' })];
    sink.write(items);
    const [path = ''] = jsonlFiles(directory);
    const before = readFileSync(path, 'utf8');
    sink.write(items);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it('tells history from the start again when someone deleted the file', () => {
    const directory = tempFolder();
    const sink = jsonlSink(directory);
    sink.write([requestItem({ id: 'a', body: body(M.slice(0, 1)) })]);
    rmSync(jsonlFiles(directory)[0] ?? '');
    sink.write([requestItem({ id: 'b', body: body(M.slice(0, 3)) })]);
    expect(joinLines(readLines(directory)).get('b')?.messages).toEqual(M.slice(0, 3));
  });

  it('goes on in a new file on the next day', () => {
    const directory = tempFolder();
    const sink = jsonlSink(directory);
    sink.write([requestItem({ id: 'a', body: body(M.slice(0, 3)) })]);
    sink.write([requestItem({ id: 'b', at: AT + DAY, body: body(M) })]);
    expect(jsonlFiles(directory)).toHaveLength(2);
    const lines = readLines(directory);
    expect(lines.map(({ type }) => type)).toEqual(['session', 'request', 'session', 'request']);
    expect(joinLines(lines).get('b')?.messages).toEqual(M);
  });

  it('keeps more sessions than it has files open', () => {
    const directory = tempFolder();
    const sink = jsonlSink(directory);
    for (const turn of ['a', 'b']) {
      for (let i = 0; i < 200; i += 1) {
        const messages = turn === 'a' ? M.slice(0, 1) : M.slice(0, 3);
        sink.write([requestItem({ id: `${turn}${i}`, session: `s${i}`, body: body(messages) })]);
      }
    }
    expect(jsonlFiles(directory)).toHaveLength(200);
    const requests = readLines(directory).filter(({ type }) => type === 'request');
    expect(requests.filter((line) => line['messages_before'] === 1)).toHaveLength(200);
    sink.close();
  });

  it('cuts off a torn last line at the start, and nothing else', () => {
    const directory = tempFolder();
    jsonlSink(directory).write([requestItem({ id: 'a', body: body(M.slice(0, 1)) })]);
    const [path = ''] = jsonlFiles(directory);
    const whole = readFileSync(path, 'utf8');
    const onlyTorn = join(dirname(path), 'session_torn.jsonl');
    const foreign = join(dirname(path), 'notes.txt');
    appendFileSync(path, `{"type":"request","half":"${'x'.repeat(200_000)}`);
    writeFileSync(onlyTorn, '{"never finished');
    writeFileSync(foreign, 'no newline');
    const notices: string[] = [];
    jsonlSink(directory, notices).write([]);
    expect(readFileSync(path, 'utf8')).toBe(whole);
    expect(readFileSync(onlyTorn, 'utf8')).toBe('');
    expect(readFileSync(foreign, 'utf8')).toBe('no newline');
    expect(notices).toEqual([expect.stringContaining('2 file(s)')]);
    jsonlSink(directory).write([requestItem({ id: 'b', body: body(M) })]);
    expect(joinLines(readLines(directory)).get('b')?.messages).toEqual(M);
  });

  it('lets no session id choose a path', () => {
    const root = tempFolder();
    const directory = join(root, 'sessions');
    const sink = jsonlSink(directory);
    const ids = ['../../x', 'a/b', 'a\\b', 'a\0b', 'CON', '%2e%2e', '..', '.', '', 'ü'.repeat(255)];
    ids.push('x'.repeat(10_000), '-rf', 'A', 'a', 'a.b', 'a:b', '\u202eevil', 'x'.repeat(64));
    for (const [i, session] of ids.entries()) {
      sink.write([requestItem({ id: `e${i}`, session, body: body(M) })]);
    }
    const files = jsonlFiles(directory);
    expect(new Set(files.map((path) => basename(path))).size).toBe(ids.length);
    for (const path of files) {
      expect(basename(path)).toMatch(/^session_[A-Za-z0-9_-]{1,64}\.jsonl$/);
      const [first = ''] = readFileSync(path, 'utf8').split('\n');
      expect(ids).toContain(JSON.parse(first).session_id);
    }
    expect(jsonlFiles(root)).toHaveLength(1);
  });

  it('joins to all messages of every request, whatever is sent, also over restarts', () => {
    const content = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(fc.record({ type: fc.constant('text'), text: fc.string(), extra: fc.jsonValue() })),
    );
    const turn = fc.record({ role: fc.constantFrom('user', 'assistant', 'system'), content });
    // Each request goes on from an earlier one, cut anywhere.
    const step = fc.record({
      from: fc.nat(),
      keep: fc.nat(8),
      added: fc.array(turn, { maxLength: 3 }),
      restart: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        const directory = tempFolder();
        let sink = jsonlSink(directory);
        const sent: unknown[][] = [[]];
        for (const [index, { from, keep, added, restart }] of steps.entries()) {
          const base = sent[from % sent.length] ?? [];
          const messages = [...base.slice(0, keep), ...added];
          sent.push(messages);
          if (restart) {
            sink.close();
            sink = jsonlSink(directory);
          }
          sink.write([requestItem({ id: `e${index}`, body: body(messages) })]);
        }
        sink.close();
        const lines = readLines(directory);
        const joined = joinLines(lines);
        for (const index of steps.keys()) {
          expect(joined.get(`e${index}`)?.messages).toEqual(
            JSON.parse(JSON.stringify(sent[index + 1])),
          );
        }
        expectNothingTwice(lines, sent);
        rmSync(directory, { recursive: true });
      }),
      { numRuns: 60 },
    );
  });
});

/** As many messages are written as there are distinct conversation beginnings. */
function expectNothingTwice(lines: readonly Record<string, unknown>[], sent: unknown[][]): void {
  const beginnings = new Set<string>();
  for (const messages of sent) {
    for (let end = 1; end <= messages.length; end += 1) {
      beginnings.add(JSON.stringify(messages.slice(0, end)));
    }
  }
  const written = lines.flatMap((line) => (line['messages'] as unknown[] | undefined) ?? []);
  expect(written.length).toBeLessThanOrEqual(beginnings.size);
}
