import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClaudeTranscript } from '../../src/import/claude/transcript.ts';
import { BadLine } from '../../src/import/turn.ts';
import { loadRedactor } from '../../src/redact/redactor.ts';
import { ExchangeRedaction } from '../../src/store/redaction/exchange-redaction.ts';
import { reindex } from '../../src/store/reindex/reindex.ts';
import { fixture, importInto, place, placeFixture, recorded } from '../helpers/imports.ts';
import { EVERYTHING } from '../helpers/redaction-options.ts';
import { endItem, makeSink, requestItem, tempFolder } from '../helpers/store-items.ts';

const PROJECT = 'projects/-home-lab-project';
const SESSION = 'beed9511-8771-4495-a445-8e7e1ef714e3';

interface Said {
  readonly uuid: string;
  readonly parent: string | null;
  readonly text?: string;
  readonly result?: string;
}

let clock = 0;

function stamp(): string {
  clock += 1000;
  return new Date(1_790_000_000_000 + clock).toISOString();
}

function line(
  type: string,
  uuid: string,
  parent: string | null,
  message: object,
  more: object = {},
) {
  return JSON.stringify({
    parentUuid: parent,
    type,
    uuid,
    message,
    timestamp: stamp(),
    sessionId: 'session-a',
    version: '2.1.330',
    cwd: '/home/lab/project',
    ...more,
  });
}

function user({ uuid, parent, text, result }: Said, more: object = {}): string {
  const content =
    result === undefined
      ? text
      : [{ type: 'tool_result', tool_use_id: result, content: `${result} gave` }];
  return line('user', uuid, parent, { role: 'user', content }, more);
}

function assistant(
  id: string,
  uuid: string,
  parent: string | null,
  block: object,
  more: object = {},
): string {
  const usage = { input_tokens: 10, cache_read_input_tokens: 90, output_tokens: 5 };
  const message = { id, model: 'claude-opus-5-5', content: [block], stop_reason: null, usage };
  return line('assistant', uuid, parent, message, more);
}

const text = (words: string) => ({ type: 'text', text: words });
const call = (id: string) => ({ type: 'tool_use', id, name: 'Bash', input: { command: id } });

async function imported(...files: readonly (readonly string[])[]) {
  const root = tempFolder();
  const database = join(root, 'sessions.db');
  for (const [index, lines] of files.entries()) place(root, `${PROJECT}/${index}.jsonl`, lines);
  const result = await importInto(database, 'claude', root);
  return { result, sessions: result.imported === 0 ? [] : recorded(database) };
}

/** Roles and texts of the whole conversation that an exchange is part of. */
function conversation({
  messages,
  answer,
}: {
  messages: readonly { role: string; parts: readonly object[] }[];
  answer: readonly object[];
}) {
  const words = (parts: readonly object[]) =>
    parts.map((part) => ('text' in part ? part.text : 'id' in part ? part.id : '')).join(' ');
  return [
    ...messages.map(({ role, parts }) => `${role}: ${words(parts)}`),
    `answer: ${words(answer)}`,
  ];
}

describe('a transcript of Claude Code 2.1.330', () => {
  it('becomes one session with its exchanges, tools and usage, marked as imported', async () => {
    const root = tempFolder();
    const database = join(root, 'sessions.db');
    placeFixture(root, `${PROJECT}/${SESSION}.jsonl`, 'claude-2.1.330.jsonl');
    const result = await importInto(database, 'claude', root);
    expect(result).toMatchObject({ files: 1, imported: 4, known: 0, badLines: 0, unsettled: 0 });
    const [told, ...others] = recorded(database);
    expect(others).toEqual([]);
    expect(told?.session).toMatchObject({
      sessionId: SESSION,
      client: 'claude-code',
      modelUsed: 'claude-opus-5-5',
      project: '/home/lab/project',
      title: 'Run the lab command and tell me what it says.',
      requests: 4,
      toolCalls: 3,
      // As the transcript's own sum says: 4,800 + 36,000 + 1,200, and 308.
      usage: { input: 42_000, cacheRead: 36_000, cacheWrite5m: 1_200, output: 308 },
    });
    for (const exchange of told?.exchanges ?? []) {
      expect(exchange).toMatchObject({ importedFrom: 'claude', sessionSource: 'import' });
      expect(exchange.end?.timing).toMatchObject({ ended: null, firstToken: null });
    }
    const last = told?.exchanges.at(-1);
    expect(last?.end?.responseId).toBe('msg_d77a5e15b1dbd11ddd1e2408');
    expect(last?.messages.filter(({ role }) => role === 'assistant')).toHaveLength(3);
    expect(last?.answer.at(-1)).toEqual({
      type: 'text',
      text: 'LAB-FINAL-OK tool said: lab-tool-42',
    });
    expect(told?.exchanges[0]?.toolCalls[0]).toMatchObject({
      name: 'Bash',
      isError: false,
      durationMs: 124,
    });
  });

  it('is imported once: a second run adds nothing, a grown file only what is new', async () => {
    const root = tempFolder();
    const database = join(root, 'sessions.db');
    const lines = fixture('claude-2.1.330.jsonl');
    const half = lines.findIndex((each) => each.includes('msg_d888076277291508d5d99689'));
    const file = place(root, `${PROJECT}/${SESSION}.jsonl`, lines.slice(0, half));
    expect(await importInto(database, 'claude', root)).toMatchObject({ imported: 2 });
    expect(await importInto(database, 'claude', root)).toMatchObject({
      imported: 0,
      unchanged: 1,
      bytes: 0,
    });
    appendFileSync(
      file,
      lines
        .slice(half)
        .map((each) => `${each}\n`)
        .join(''),
    );
    expect(await importInto(database, 'claude', root)).toMatchObject({ imported: 2, known: 2 });
    expect(recorded(database)[0]?.session).toMatchObject({ requests: 4, usage: { input: 42_000 } });
  });

  it('adds nothing to what was captured on the wire', async () => {
    const root = tempFolder();
    const database = join(root, 'sessions.db');
    const sink = makeSink(database);
    const usage = {
      input: 10_500,
      cacheRead: 9_000,
      cacheWrite5m: 300,
      cacheWrite1h: 0,
      output: 77,
      reasoning: 0,
    };
    const ids = [
      'msg_657a98e2c885654e1a3e7b8c',
      'msg_0dadb91abd69e6f32284315f',
      'msg_d888076277291508d5d99689',
    ];
    for (const responseId of ids) {
      const request = requestItem(
        { id: `wire-${responseId}`, sessionId: SESSION },
        { messages: [] },
      );
      sink.write([request, endItem(request.request, { responseId, usage })]);
    }
    const before = recorded(database)[0]?.session;
    placeFixture(root, `${PROJECT}/${SESSION}.jsonl`, 'claude-2.1.330.jsonl');
    // The fourth was not captured: only that one is new.
    expect(await importInto(database, 'claude', root)).toMatchObject({ imported: 1, known: 3 });
    const sessions = recorded(database);
    expect(sessions).toHaveLength(1);
    expect(sessions[0]?.session.usage?.input).toBe((before?.usage?.input ?? 0) + 10_500);
    expect(sessions[0]?.exchanges.map(({ importedFrom }) => importedFrom ?? 'wire')).toEqual(
      expect.arrayContaining(['wire', 'wire', 'wire', 'claude']),
    );
  });

  it('keeps the end of a file back while it may still be written', async () => {
    const root = tempFolder();
    const database = join(root, 'sessions.db');
    const lines = fixture('claude-2.1.330.jsonl');
    const file = place(root, `${PROJECT}/${SESSION}.jsonl`, lines);
    appendFileSync(file, '{"type":"assistant","half a li');
    const now = { now: () => Date.now() };
    expect(await importInto(database, 'claude', root, now)).toMatchObject({
      imported: 3,
      unsettled: 1,
      badLines: 0,
    });
    expect(await importInto(database, 'claude', root)).toMatchObject({
      imported: 1,
      known: 3,
      badLines: 1,
    });
  });

  it('stays what it was when the history is read again: no bytes of its answers are there', async () => {
    const root = tempFolder();
    const database = join(root, 'sessions.db');
    placeFixture(root, `${PROJECT}/a.jsonl`, 'claude-2.1.330.jsonl');
    await importInto(database, 'claude', root);
    const before = recorded(database);
    expect(before[0]?.session.usage?.output).toBe(308);
    const options = { since: 0, price: () => null, onProgress: () => undefined };
    expect(await reindex(database, options)).toEqual({ read: 0, changed: 0, skipped: 4 });
    expect(recorded(database)).toEqual(before);
  });

  it('is redacted before it reaches the disk', async () => {
    const root = tempFolder();
    const database = join(root, 'sessions.db');
    const secret = `sk-ant-api03-${'A1b2C3d4'.repeat(8)}`;
    place(root, `${PROJECT}/a.jsonl`, [
      user({ uuid: 'u1', parent: null, text: `my key is ${secret}` }),
      assistant('msg_1', 'a1', 'u1', text(`${secret} is secret`)),
    ]);
    const redaction = new ExchangeRedaction(await loadRedactor(EVERYTHING));
    await importInto(database, 'claude', root, { redaction });
    expect(JSON.stringify(recorded(database))).toContain('my key is [');
    for (const file of [database, `${database}-wal`]) {
      expect(readFileSync(file).includes(secret.slice(0, 24))).toBe(false);
    }
  });
});

describe('lines of a transcript', () => {
  it('join to answers: a block a line, the usage of the last one', async () => {
    const { sessions } = await imported([
      user({ uuid: 'u1', parent: null, text: 'hello' }),
      assistant('msg_1', 'a1', 'u1', { type: 'thinking', thinking: 'hm' }),
      assistant('msg_1', 'a2', 'a1', text('hi')),
      assistant('msg_1', 'a3', 'a2', call('c1')),
    ]);
    const [exchange, ...others] = sessions[0]?.exchanges ?? [];
    expect(others).toEqual([]);
    expect(exchange?.answer.map(({ type }) => type)).toEqual(['thinking', 'text', 'tool-call']);
    expect(exchange?.end?.usage).toMatchObject({ input: 100, output: 5 });
  });

  it('may hold results between the blocks of one answer, and results side by side', async () => {
    const { sessions } = await imported([
      user({ uuid: 'u1', parent: null, text: 'both' }),
      assistant('msg_1', 'a1', 'u1', call('c1')),
      user({ uuid: 'r1', parent: 'a1', result: 'c1' }),
      assistant('msg_1', 'a2', 'a1', call('c2')),
      user({ uuid: 'r2', parent: 'a2', result: 'c2' }),
      assistant('msg_2', 'a3', 'r2', text('done')),
    ]);
    const [first, second] = sessions[0]?.exchanges ?? [];
    expect(first?.toolCalls.map(({ resultBytes }) => resultBytes)).toEqual([7, 7]);
    expect(conversation(second ?? { messages: [], answer: [] })).toEqual([
      'user: both',
      'assistant: c1 c2',
      'user: c1 gave',
      'user: c2 gave',
      'answer: done',
    ]);
  });

  it('are a tree: who goes back continues from there', async () => {
    const { sessions } = await imported([
      user({ uuid: 'u1', parent: null, text: 'one' }),
      assistant('msg_1', 'a1', 'u1', text('first')),
      user({ uuid: 'u2', parent: 'a1', text: 'wrong way' }),
      assistant('msg_2', 'a2', 'u2', text('second')),
      user({ uuid: 'u3', parent: 'a1', text: 'other way' }),
      assistant('msg_3', 'a3', 'u3', text('third')),
    ]);
    expect(conversation(sessions[0]?.exchanges[2] ?? { messages: [], answer: [] })).toEqual([
      'user: one',
      'assistant: first',
      'user: other way',
      'answer: third',
    ]);
  });

  it('that a resumed session repeats in a file of its own count once', async () => {
    const before = [
      user({ uuid: 'u1', parent: null, text: 'one' }),
      assistant('msg_1', 'a1', 'u1', text('first')),
    ];
    const after = [
      ...before.map((each) => each.replace('session-a', 'session-b')),
      user({ uuid: 'u2', parent: 'a1', text: 'two' }, { sessionId: 'session-b' }),
      assistant('msg_2', 'a2', 'u2', text('second'), { sessionId: 'session-b' }),
    ];
    const { result, sessions } = await imported(before, after);
    expect(result).toMatchObject({ imported: 2, known: 1 });
    expect(sessions.map(({ session }) => [session.sessionId, session.requests])).toEqual([
      ['session-a', 1],
      ['session-b', 1],
    ]);
    expect(conversation(sessions[1]?.exchanges[0] ?? { messages: [], answer: [] })[0]).toBe(
      'user: one',
    );
  });

  it('of a subagent belong to it, in the session that started it', async () => {
    const agent = { agentId: 'abc123', isSidechain: true };
    const { sessions } = await imported([
      user({ uuid: 'u1', parent: null, text: 'main' }),
      assistant('msg_1', 'a1', 'u1', text('yes')),
      user({ uuid: 's1', parent: null, text: 'task' }, agent),
      assistant('msg_2', 's2', 's1', text('did it'), agent),
    ]);
    expect(sessions).toHaveLength(1);
    expect(sessions[0]?.exchanges.map(({ agentId }) => agentId)).toEqual([null, 'abc123']);
  });

  it('that cannot be read are told by file and line, and stop nothing', async () => {
    const { result } = await imported([
      'not json',
      '[1]',
      user({ uuid: 'u1', parent: null, text: 'hello' }),
      '{"type":"assistant","uuid":"x","message":{"model":"m"},"sessionId":"s"}',
      assistant('msg_1', 'a1', 'u1', text('hi')),
      '{"type":"user","uuid":"y","message":{"role":"user","content":"no time"}}',
      '{"type":"assistant","uuid":"z","message":{"id":"msg_9","model":"<synthetic>"}}',
    ]);
    expect(result).toMatchObject({ imported: 1, badLines: 4 });
    expect(result.bad.map(({ line: number, reason }) => `${number}: ${reason}`)).toEqual([
      '1: not JSON',
      '2: not a JSON object',
      '4: an answer without an id',
      '6: no timestamp',
    ]);
    expect(result.bad[0]?.file).toMatch(/0\.jsonl$/);
  });

  it('of any kind never break the reader', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('user', 'assistant', 'attachment', 'u1', null),
    );
    const odd = fc.record(
      {
        type: value,
        uuid: value,
        parentUuid: value,
        message: value,
        timestamp: value,
        sessionId: value,
        rendered: value,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 8 }), (lines) => {
        const reader = new ClaudeTranscript();
        for (const each of lines) {
          try {
            reader.line(JSON.stringify(each));
          } catch (error) {
            expect(error).toBeInstanceOf(BadLine);
          }
        }
        for (const turn of reader.end(true)) expect(turn.sessionId).not.toBe('');
      }),
    );
  });
});
