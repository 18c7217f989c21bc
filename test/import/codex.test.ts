import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodexRollout } from '../../src/import/codex/rollout.ts';
import { BadLine } from '../../src/import/turn.ts';
import { fixture, importInto, place, placeFixture, recorded } from '../helpers/imports.ts';
import { endItem, makeSink, requestItem, START, tempFolder } from '../helpers/store-items.ts';

const FILE = 'sessions/2026/11/25/rollout-2026-11-25T14-16-44-01a21310.jsonl';
const SESSION = '01a21310-e4e8-7db2-8bad-62c65c0c7ad5';

let clock = 0;

function line(type: string, payload: object): string {
  clock += 1000;
  const timestamp = new Date(START + clock).toISOString();
  return JSON.stringify({ timestamp, type, payload });
}

/** As versions before the usage records wrote it: tokens are counted after the tool has run. */
function oldRollout(): string[] {
  clock = 0;
  const counted = (input: number) =>
    line('event_msg', {
      type: 'token_count',
      info: {
        last_token_usage: { input_tokens: input, cached_input_tokens: 50, output_tokens: 7 },
      },
    });
  const message = (role: string, text: string) =>
    line('response_item', { type: 'message', role, content: [{ type: 'input_text', text }] });
  return [
    line('session_meta', { id: 'old-session', cli_version: '0.40.0', cwd: '/home/lab' }),
    line('turn_context', { model: 'gpt-5-codex', cwd: '/home/lab' }),
    message('user', 'list the files'),
    line('response_item', { type: 'reasoning', summary: [{ type: 'summary_text', text: 'ls' }] }),
    line('response_item', { type: 'function_call', call_id: 'c1', name: 'shell', arguments: '{}' }),
    line('response_item', { type: 'function_call_output', call_id: 'c1', output: 'a.txt' }),
    counted(100),
    counted(100),
    line('response_item', {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'There is a.txt' }],
    }),
    counted(200),
    message('user', 'thanks'),
  ];
}

describe('a rollout of Codex 0.169.0', () => {
  it('becomes one session with its turns, tools and usage, and only once', async () => {
    const root = tempFolder();
    const database = join(root, 'sessions.db');
    placeFixture(root, FILE, 'codex-0.169.0.jsonl');
    expect(await importInto(database, 'codex', root)).toMatchObject({ imported: 2, badLines: 0 });
    expect(await importInto(database, 'codex', root)).toMatchObject({ imported: 0, unchanged: 1 });
    const [told] = recorded(database);
    expect(told?.session).toMatchObject({
      sessionId: SESSION,
      client: 'codex',
      modelUsed: 'gpt-6.1-sol',
      project: '/home/lab/project',
      title: 'Run the lab command and tell me what it says.',
      requests: 2,
      toolCalls: 1,
      usage: { input: 4_000, cacheRead: 3_000, output: 110, reasoning: 40 },
    });
    const [first, second] = told?.exchanges ?? [];
    expect(first).toMatchObject({ importedFrom: 'codex', toolCalls: [{ name: 'exec' }] });
    expect(second?.end?.responseId).toBe('resp_e7d47594dce5163a9aee3895');
    expect(second?.previousResponseId).toBe(first?.end?.responseId);
    expect(second?.messages.flatMap(({ parts }) => parts).at(-1)).toMatchObject({
      type: 'tool-result',
    });
  });

  it('adds nothing to what was captured on the wire', async () => {
    const root = tempFolder();
    const database = join(root, 'sessions.db');
    const sink = makeSink(database);
    for (const responseId of ['resp_43f57824212a14a662fa240a', 'resp_e7d47594dce5163a9aee3895']) {
      const request = requestItem({ id: responseId, sessionId: SESSION }, { input: [] });
      sink.write([request, endItem(request.request, { responseId })]);
    }
    placeFixture(root, FILE, 'codex-0.169.0.jsonl');
    expect(await importInto(database, 'codex', root)).toMatchObject({ imported: 0, known: 2 });
  });
});

describe('a rollout of an older version', () => {
  it('gives each answer the count that follows it', async () => {
    const root = tempFolder();
    const database = join(root, 'sessions.db');
    place(root, FILE, oldRollout());
    expect(await importInto(database, 'codex', root)).toMatchObject({ imported: 2 });
    const [told] = recorded(database);
    expect(told?.exchanges.map(({ end }) => end?.usage?.input)).toEqual([100, 200]);
    expect(told?.exchanges[0]?.toolCalls[0]).toMatchObject({ name: 'shell', resultBytes: 5 });
    expect(told?.exchanges[1]?.messages.map(({ role }) => role)).toContain('assistant');
  });

  it('is known by session and time where the wire saw it', async () => {
    const root = tempFolder();
    const database = join(root, 'sessions.db');
    const sink = makeSink(database);
    const request = requestItem(
      { sessionId: 'old-session', startedAt: START + 3_200 },
      { input: [] },
    );
    sink.write([request, endItem(request.request, { endedAt: START + 5_000, responseId: 'r1' })]);
    place(root, FILE, oldRollout());
    expect(await importInto(database, 'codex', root)).toMatchObject({ imported: 1, known: 1 });
  });
});

it('any lines never break the reader', () => {
  const lines = fixture('codex-0.169.0.jsonl').map((each) => JSON.parse(each));
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom(...lines.map(({ payload }) => payload)));
  const type = fc.constantFrom('session_meta', 'turn_context', 'response_item', 'event_msg');
  const more = fc.constantFrom('token_usage_record', 'compacted', 'other');
  const odd = fc.record(
    {
      type: fc.oneof(type, more),
      payload: value,
      timestamp: fc.constantFrom('2026-11-25T14:16:44.138Z', 'x'),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(odd, { maxLength: 12 }), (all) => {
      const reader = new CodexRollout();
      for (const each of all) {
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
