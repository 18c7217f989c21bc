// Real clients through the built program: each finishes its agent loop, and is recorded as what it was.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ExchangeSummary, SessionSummary, ToolSize } from '../../src/core/ports.ts';
import {
  type ClientRun,
  claude,
  codex,
  configureProviders,
  opencode,
  readLog,
  sdks,
} from '../helpers/clients.ts';
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider.ts';
import {
  cleanEnv,
  type RunningServer,
  runProgram,
  startServer,
  type TempHome,
  tempHome,
} from '../helpers/program.ts';

let home: TempHome;
let provider: FakeProvider;
let server: RunningServer;
let log: string;

beforeEach(async () => {
  home = tempHome();
  log = join(home.path, 'fake.jsonl');
  provider = await startFakeProvider(log);
  const env = cleanEnv(home.path);
  configureProviders(home.path, provider.url);
  server = await startServer(env);
});

afterEach(async () => {
  await server.stop();
  provider.stop();
  home.remove();
});

async function json<T>(...args: string[]): Promise<T> {
  const { stdout, stderr } = await runProgram([...args, '--json'], server.env);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

interface Shown {
  readonly session: SessionSummary;
  readonly exchanges: readonly ExchangeSummary[];
}

const sessions = () => json<SessionSummary[]>('sessions', 'list');
const showLast = () => json<Shown>('sessions', 'show', 'last');

/** The sums of the fake provider's own numbers, as it sent them. */
function sent(exchanges: readonly ExchangeSummary[], field: string): number {
  return exchanges.reduce((sum, { end }) => {
    const usage = end?.providerUsage;
    const value = typeof usage === 'object' && usage !== null ? Reflect.get(usage, field) : 0;
    return sum + Number(value);
  }, 0);
}

interface Case {
  readonly name: string;
  readonly ws?: string;
  readonly run: () => Promise<ClientRun>;
  readonly client: string;
  readonly model: RegExp;
  readonly transport: 'http' | 'websocket';
  /** Exchanges by what they are. */
  readonly kinds: readonly (string | null)[];
  /** All tokens in, cached ones included. */
  readonly input: number;
  readonly output: number;
}

const ANTHROPIC_INPUT = 1200 + 300 + 9000;
const CODEX = { client: 'codex', model: /^gpt-/, output: 110 } as const;
const OVER_WEBSOCKET = {
  ...CODEX,
  transport: 'websocket',
  kinds: ['warm-up', null, null],
  input: 6000,
} as const;
const OVER_HTTP = { ...CODEX, transport: 'http', kinds: [null, null], input: 4000 } as const;

const CASES: Case[] = [
  {
    name: 'Claude Code',
    run: () => claude(server.port),
    client: 'claude-code',
    model: /^claude-/,
    transport: 'http',
    kinds: [null, null],
    input: 2 * ANTHROPIC_INPUT,
    output: 2 * 77,
  },
  {
    name: 'Claude Code with a base URL that ends in /v1',
    run: () => claude(server.port, { BASE_PATH: '/v1' }),
    client: 'claude-code',
    model: /^claude-/,
    transport: 'http',
    kinds: [null, null],
    input: 2 * ANTHROPIC_INPUT,
    output: 2 * 77,
  },
  { name: 'Codex, WebSocket', run: () => codex(server.port, { MODE: 'cfg' }), ...OVER_WEBSOCKET },
  {
    name: 'Codex, custom provider over HTTP',
    run: () => codex(server.port, { MODE: 'provider' }),
    ...OVER_HTTP,
  },
  {
    name: 'Codex, custom provider over WebSocket',
    run: () => codex(server.port, { MODE: 'providerws' }),
    ...OVER_WEBSOCKET,
  },
  {
    name: 'Codex, ChatGPT login',
    run: () => codex(server.port, { MODE: 'chatgpt-only' }),
    ...OVER_WEBSOCKET,
  },
  {
    name: 'OpenCode with Anthropic',
    run: () => opencode(server.port, join(home.path, 'oc'), 'anthropic/claude-sonnet-4-5'),
    client: 'opencode',
    model: /^claude-/,
    transport: 'http',
    kinds: ['title', null, null],
    input: 3 * ANTHROPIC_INPUT,
    output: 3 * 77,
  },
  {
    name: 'OpenCode with OpenAI',
    run: () => opencode(server.port, join(home.path, 'oc'), 'openai/gpt-5.4'),
    client: 'opencode',
    model: /^gpt-/,
    transport: 'http',
    kinds: ['title', null, null],
    input: 6000,
    output: 165,
  },
];

test.each(CASES)('$name', async (expected) => {
  const { code, output } = await expected.run();
  expect(output).toContain('LAB-FINAL-OK tool said');
  expect(output).toContain('lab-tool-42');
  expect(code).toBe(0);
  const all = await sessions();
  expect(all).toHaveLength(1);
  const { session, exchanges } = await showLast();
  expect(session).toMatchObject({ client: expected.client, errors: 0, toolCalls: 1 });
  expect(session.modelUsed).toMatch(expected.model);
  // The title request and the first turn start together.
  const kinds = exchanges.map(({ auxiliary }) => auxiliary);
  expect([...kinds].sort()).toEqual([...expected.kinds].sort());
  expect(new Set(exchanges.map(({ transport }) => transport))).toEqual(
    new Set([expected.transport]),
  );
  const calls = exchanges.flatMap(({ toolCalls }) => toolCalls);
  expect(calls).toHaveLength(1);
  expect(calls[0]?.arguments).toContain('echo lab-tool-');
  expect(calls[0]?.resultBytes).toBeGreaterThan(0);
  const { tools } = await json<{ tools: ToolSize[] }>('stats', 'last', '--tools');
  const used = tools.find(({ name }) => name === calls[0]?.name);
  expect(used?.definitionTokens).toBeGreaterThan(10);
  expect(session.usage?.input).toBe(expected.input);
  expect(session.usage?.output).toBe(expected.output);
  expect(sent(exchanges, 'output_tokens')).toBe(expected.output);
  const asked = readLog(log).filter(
    ({ kind, body, method }) =>
      (kind === 'http' && method === 'POST') || body?.type === 'response.create',
  );
  expect(asked).toHaveLength(expected.kinds.length);
});

test('Codex falls back to HTTP by itself where the provider refuses the upgrade', async () => {
  await fetch(`${provider.url}/__fake`, { method: 'POST', body: JSON.stringify({ ws: '426' }) });
  const { code, output } = await codex(server.port, { MODE: 'cfg' });
  expect([code, output]).toEqual([0, expect.stringContaining('lab-tool-42')]);
  expect(await sessions()).toHaveLength(1);
  const { session, exchanges } = await showLast();
  expect(session.usage?.input).toBe(4000);
  expect(exchanges.map(({ transport, end }) => [transport, end?.status])).toEqual([
    ['websocket', 426],
    ['http', 200],
    ['http', 200],
  ]);
});

test('Codex over HTTP with a ChatGPT login: zstd bodies are read, and go to the ChatGPT backend', async () => {
  await fetch(`${provider.url}/__fake`, { method: 'POST', body: JSON.stringify({ ws: '426' }) });
  const { code, output } = await codex(server.port, { MODE: 'chatgpt-only' });
  expect([code, output]).toEqual([0, expect.stringContaining('lab-tool-42')]);
  const { session, exchanges } = await showLast();
  expect(session).toMatchObject({ provider: 'chatgpt', toolCalls: 1, usage: { input: 4000 } });
  const turn = exchanges.find(({ transport }) => transport === 'http');
  expect(turn?.requestHeaders.join()).toContain('zstd');
  const paths = readLog(log)
    .filter(({ method }) => method === 'POST')
    .map(({ url }) => url);
  expect(new Set(paths)).toEqual(new Set(['/backend-api/codex/responses', '/__fake']));
});

test('the official SDKs: all their calls work; a tool loop is one session with its result', async () => {
  const { code, output } = await sdks(server.port);
  expect(output).toContain('13/13 ok');
  expect(code).toBe(0);
  const all = await sessions();
  const clients = new Set(all.map(({ client }) => client));
  expect(clients).toEqual(new Set(['anthropic-sdk', 'openai-sdk']));
  const details = await Promise.all(
    all.map(({ sessionId }) => json<Shown>('sessions', 'show', sessionId)),
  );
  for (const dialect of ['anthropic-messages', 'openai-chat', 'openai-responses']) {
    const loops = details.filter(({ exchanges }) =>
      exchanges.some((exchange) => exchange.dialect === dialect && exchange.toolCalls.length > 0),
    );
    expect(loops).toHaveLength(1);
    const calls = loops[0]?.exchanges.flatMap(({ toolCalls }) => toolCalls) ?? [];
    expect(calls.every(({ name }) => name === 'get_weather')).toBe(true);
    expect(calls.some(({ resultBytes }) => resultBytes !== null)).toBe(true);
    expect(loops[0]?.exchanges.length).toBeGreaterThan(1);
  }
  const responses = details
    .flatMap(({ exchanges }) => exchanges)
    .filter(({ dialect }) => dialect === 'openai-responses');
  expect(sent(responses, 'input_tokens')).toBe(2000 * responses.length);
});
