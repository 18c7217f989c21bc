// What the recorder reuses of the requests before must not show: the same files as from recorders that
// have seen no request before, whatever a client sends.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { loadRedactor, type Redactor } from '../../../src/redact/redactor.ts';
import { openReadOnly } from '../../../src/store/database.ts';
import { JsonlSink } from '../../../src/store/jsonl-sink.ts';
import { ExchangeRedaction } from '../../../src/store/redaction/exchange-redaction.ts';
import { SqliteSink } from '../../../src/store/sqlite-sink.ts';
import { AT, makeRecorder } from '../../helpers/recorder-tap.ts';
import { tempFolder } from '../../helpers/store-items.ts';

const KEY = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
const long = 'lorem ipsum dolor sit amet '.repeat(25);
const SYSTEM = [{ type: 'text', text: `You are careful. ${long}` }];
const TOOLS = [{ name: 'Bash', description: long, input_schema: { type: 'object' } }];

type Step =
  | { readonly does: 'say' | 'edit'; readonly session: number; readonly text: string }
  | { readonly does: 'again' | 'cut' | 'title' | 'mark'; readonly session: number }
  /** The first half of a key at the end of one message; the next one may bring the other. */
  | { readonly does: 'split'; readonly session: number; readonly at: number }
  | { readonly does: 'restart' };

const session = fc.constantFrom(0, 0, 1);
const words = fc.oneof(
  fc.constantFrom(
    'hello',
    long,
    `use ${KEY} now`,
    `${long} ${KEY}`,
    `password = "${'x9Q2'.repeat(4)}"`,
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constantFrom('say', 'say', 'edit'), session, text: words }),
  fc.record({ does: fc.constantFrom('again', 'cut', 'title', 'mark'), session }),
  fc.record({ does: fc.constant('split'), session, at: fc.nat({ max: KEY.length }) }),
  fc.record({ does: fc.constant('restart') }),
);

/** The bodies that the steps send, null for a restart. */
function sent(steps: readonly Step[]): ({ body: Buffer; session: number } | null)[] {
  const talks: object[][] = [[], []];
  return steps.map((one) => {
    if (one.does === 'restart') return null;
    const talk = talks[one.session] ?? [];
    change(talk, one);
    const messages = one.does === 'title' ? [{ role: 'user', content: 'Title?' }] : talk;
    const body = { model: 'claude-x', messages, system: SYSTEM, tools: TOOLS, max_tokens: 9 };
    return { body: Buffer.from(JSON.stringify(body)), session: one.session };
  });
}

function change(talk: object[], one: Exclude<Step, { does: 'restart' }>): void {
  const role = talk.length % 2 === 0 ? 'user' : 'assistant';
  if (one.does === 'say') talk.push({ role, content: one.text });
  if (one.does === 'edit') talk.splice(talk.length >> 1, 1, { role, content: one.text });
  if (one.does === 'cut') talk.splice(talk.length >> 1);
  if (one.does === 'mark') {
    const content = [{ type: 'text', text: long, cache_control: { type: 'ephemeral' } }];
    talk.push({ role, content });
  }
  if (one.does === 'split') {
    talk.push({ role, content: `it is ${KEY.slice(0, one.at)}` });
    talk.push({ role, content: KEY.slice(one.at) });
  }
}

let redactor: Redactor;

beforeAll(async () => {
  redactor = await loadRedactor({
    secrets: true,
    personal: [],
    minConfidence: 0.7,
    mode: 'mask',
    partialShowChars: 4,
    customPatterns: [],
    tokenKey: 'key',
  });
});

/** @param isFresh a recorder that remembers nothing, for each request. */
async function record(steps: readonly Step[], isFresh: boolean): Promise<string[]> {
  const folder = tempFolder();
  const open = () => ({
    jsonl: new JsonlSink({ directory: join(folder, 'jsonl'), onNotice: () => undefined }),
    sqlite: new SqliteSink({
      path: join(folder, 'sessions.db'),
      instanceId: 'run',
      onNotice: () => undefined,
      now: () => AT,
    }),
  });
  let sinks = open();
  const make = () =>
    makeRecorder({
      redaction: new ExchangeRedaction(redactor),
      slots: [
        { name: 'JSONL', path: 'j', sink: sinks.jsonl },
        { name: 'SQLite', path: 's', sink: sinks.sqlite },
      ],
    });
  let recorder = make();
  let count = 0;
  for (const request of sent(steps)) {
    count += 1;
    if (request === null) {
      recorder.clock.advance(1000);
      sinks.jsonl.close();
      sinks.sqlite.close();
      sinks = open();
    }
    if (request === null || isFresh) recorder = make();
    if (request === null) continue;
    await recorder.run({
      id: `x${count}`,
      at: AT + count * 1000,
      headers: ['x-claude-code-session-id', `session-${request.session}`],
      requestBytes: request.body,
      response: ['{"type":"message","content":[{"type":"text","text":"fine"}]}'],
    });
    recorder.clock.advance(1000);
  }
  sinks.jsonl.close();
  sinks.sqlite.close();
  return [...rowsOf(join(folder, 'sessions.db')), ...linesOf(join(folder, 'jsonl'))];
}

function rowsOf(path: string): string[] {
  const database = openReadOnly(path);
  const tables = database
    .prepare<[], { name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
    .all();
  const rows = tables.flatMap(({ name }) =>
    database
      .prepare(`SELECT * FROM ${name}`)
      .all()
      .map((row) => `${name} ${JSON.stringify(row)}`),
  );
  database.close();
  return rows;
}

function linesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .map((name) => `${name} ${readFileSync(join(folder, name), 'utf8')}`);
}

it('leaves the same rows and lines as without', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 14 }), async (steps) => {
      fc.pre(steps.some(({ does }) => does !== 'restart'));
      const [reused, alone] = [await record(steps, false), await record(steps, true)];
      expect(reused).toStrictEqual(alone);
      expect(reused.join()).not.toContain(KEY);
    }),
    { numRuns: 20 },
  );
});
