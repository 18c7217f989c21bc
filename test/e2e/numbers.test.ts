// The numbers of the built program against what provider and client really did: durations, a lost
// prompt cache, groups, CSV, prices.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, answerAnthropic, sendTurn } from '../helpers/anthropic-provider.ts';
import {
  cleanEnv,
  type RunningServer,
  runProgram,
  startServer,
  type TempHome,
  tempHome,
  until,
} from '../helpers/program.ts';
import { type ScriptedProvider, startScriptedProvider } from '../helpers/scripted-provider.ts';

let home: TempHome;
let env: Record<string, string>;
let provider: ScriptedProvider;
let server: RunningServer;
let answers: Answer[];
/** Of each request, as the provider measured them: arrival → head, first content, end. */
let measured: { head: number; end: number }[];

beforeEach(async () => {
  home = tempHome();
  env = cleanEnv(home.path);
  answers = [];
  measured = [];
  provider = await startScriptedProvider(async (_req, res) => {
    const startedAt = performance.now();
    const mark = { head: 0, end: 0 };
    const flush = res.flushHeaders.bind(res);
    res.flushHeaders = () => {
      mark.head = performance.now() - startedAt;
      flush();
    };
    await answerAnthropic(res, answers.shift() ?? {});
    mark.end = performance.now() - startedAt;
    measured.push(mark);
  });
  mkdirSync(join(home.path, '.lunaroute'), { recursive: true, mode: 0o700 });
  writeFileSync(
    join(home.path, '.lunaroute/config.yaml'),
    `providers: {anthropic: {base_url: "${provider.url}"}}\n` +
      'prices:\n- {model: "claude-nova-*", input: 1.5, output: 6, cache_read: 0.1}\n',
  );
  server = await startServer(env);
});

afterEach(async () => {
  await server.stop();
  await provider.stop();
  home.remove();
});

// biome-ignore lint/suspicious/noExplicitAny: -- the commands' JSON, looked into by the tests
async function json(...args: string[]): Promise<any> {
  const { stdout, stderr, code } = await runProgram([...args, '--json'], env);
  if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  return JSON.parse(stdout);
}

async function recorded(count: number): Promise<void> {
  await until(`${count} exchanges`, async () => {
    const { exchanges } = await json('sessions', 'show', 'last').catch(() => ({ exchanges: [] }));
    return exchanges.filter((one: { end: unknown }) => one.end !== null).length === count
      ? true
      : undefined;
  });
}

const user = (text: string) => ({ role: 'user', content: text });

function expectClose(shown: number, real: number): void {
  expect(Math.abs(shown - real)).toBeLessThanOrEqual(Math.max(5, real * 0.05));
}

describe('durations', () => {
  // Compared with what the other side measured, so a busy machine does not matter; its stalls may.
  it('are what provider and client measured', { retry: 3 }, async () => {
    const tool = { id: 'toolu_1', name: 'Bash', input: { command: 'make' } };
    answers.push(
      { headMs: 200, contentMs: 150, pieces: Array(20).fill('tok'), pieceMs: 25, tool },
      { headMs: 50 },
    );
    // The first request of a process pays for its start.
    answers.unshift({});
    await sendTurn(server.url, { messages: [user('warm up')] }, 'session-0');
    const startedAt = performance.now();
    await sendTurn(server.url, { messages: [user('build it')] });
    const total = performance.now() - startedAt;
    const toolStart = performance.now();
    await sleep(300);
    const toolMs = performance.now() - toolStart;
    const call = { role: 'assistant', content: [{ type: 'tool_use', ...tool }] };
    const result = {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'ok' }],
    };
    await sendTurn(server.url, { messages: [user('build it'), call, result] });
    await recorded(2);
    const { exchanges } = await json('sessions', 'show', 'last');
    const { timing } = exchanges[0].end;
    const [, first] = measured;
    if (first === undefined) throw new Error('the provider saw nothing');
    expectClose(timing.firstByte - timing.sent, first.head);
    expectClose(timing.ended - timing.sent, first.end);
    expectClose(timing.ended, total);
    expectClose(timing.firstToken - timing.firstByte, 150);
    expectClose(timing.tokenGaps.p50, 25);
    // 19 between the pieces, and the tool call behind them, in one read or several.
    expect(timing.tokenGaps.count).toBeGreaterThanOrEqual(19);
    expect(timing.overhead).toBeGreaterThan(0);
    expect(timing.overhead).toBeLessThanOrEqual(total - first.end + 5);
    expectClose(exchanges[0].toolCalls[0].durationMs, toolMs);
    const { latency } = await json('stats', 'last');
    expectClose(latency.firstByte.max, first.head);
  });
});

describe('stats --cache', () => {
  const SYSTEM = 'You are careful. '.repeat(50);
  const turn = (cached: number, written: number, plain = 100): Answer => ({
    usage: {
      input_tokens: plain,
      cache_read_input_tokens: cached,
      cache_creation_input_tokens: written,
      output_tokens: 10,
    },
  });

  it('explains a bust by the piece that changed, with the right amount', async () => {
    answers.push(turn(0, 30_000), turn(30_000, 2000), turn(0, 34_000), turn(34_000, 500));
    const history = [user('one'), { role: 'assistant', content: 'hello' }, user('two')];
    const tools = [
      { name: 'Bash', input_schema: {} },
      { name: 'Read', input_schema: {} },
    ];
    const mark = { cache_control: { type: 'ephemeral' } };
    const system = [{ type: 'text', text: SYSTEM, ...mark }];
    await sendTurn(server.url, { system, tools, messages: history.slice(0, 1) });
    // The mark moves, as clients do: no change of the prompt.
    const moved = [{ type: 'text', text: SYSTEM }];
    await sendTurn(server.url, { system: moved, tools, messages: history });
    const renamed = [
      { name: 'Bash', input_schema: {} },
      { name: 'Read', input_schema: { x: 1 } },
    ];
    await sendTurn(server.url, { system, tools: renamed, messages: history });
    await sendTurn(server.url, { system, tools: renamed, messages: [...history, user('three')] });
    await recorded(4);
    const { findings, coldAt } = await json('stats', 'last', '--cache');
    expect(findings.map((one: { missed: number }) => one.missed)).toEqual([0, 0, 32_000, 0]);
    expect(findings[2]).toMatchObject({
      cause: { kind: 'changed', piece: 'tool Read' },
      // 32,000 tokens written at 5 $/M instead of read at 0.2 $/M
      missedNanoUsd: 32_000 * 4800,
    });
    expect(coldAt).toBeGreaterThan(Date.now());
    const { stdout } = await runProgram(['stats', 'last', '--cache'], env);
    expect(stdout).toContain('tool Read changed');
    expect(stdout).toContain('1 miss: 32,000 tokens paid again, $0.1536 more than with a hit.');
    expect(stdout).toContain('The cache stays warm for');
  });
});

describe('stats and prices', () => {
  it('group by model and tool, as a table, as CSV, and price what the configuration prices', async () => {
    const tool = { id: 'toolu_1', name: 'mcp__github__list', input: { q: 'x' } };
    answers.push(
      { usage: { input_tokens: 1000, output_tokens: 100 }, tool },
      { model: 'claude-nova-1', usage: { input_tokens: 1000, output_tokens: 100 } },
    );
    const where = { system: 'Environment\n - Primary working directory: /home/me/proj, x\n' };
    await sendTurn(server.url, { ...where, messages: [user('a')] });
    await sendTurn(server.url, { messages: [user('b')], model: 'claude-nova-1' }, 'session-2');
    await until('both', async () =>
      (await json('stats', '--by', 'session')).length === 2 ? true : undefined,
    );
    const csv = await runProgram(['stats', '--by', 'model', '--csv'], env);
    expect(csv.stdout.split('\n')).toEqual([
      'model,requests,not_completed,input_tokens,cache_read_tokens,output_tokens,cost_usd,cost_certainty,average_ms',
      expect.stringMatching(/^claude-opus-5-5,1,0,1000,0,100,0\.006,exact,/),
      expect.stringMatching(/^claude-nova-1,1,0,1000,0,100,0\.0021,exact,/),
      '',
    ]);
    const tools = await json('stats', '--by', 'tool');
    expect(tools).toMatchObject([{ name: 'mcp__github__list', calls: 1, argumentBytes: 9 }]);
    const projects = await runProgram(['stats', '--by', 'project', '--csv'], env);
    expect(projects.stdout).toContain('"/home/me/proj, x",1,');
    const shown = await runProgram(['prices', 'show', 'claude-nova-7'], env);
    expect(shown.stdout).toContain('$1.5');
    expect((await runProgram(['prices', 'show', 'no-model'], env)).code).toBe(1);
    expect((await runProgram(['stats', '--csv'], env)).code).toBe(2);
  });

  it('reprice beside the running server, and only what changed', async () => {
    answers.push({ usage: { input_tokens: 1000, output_tokens: 100 } });
    await sendTurn(server.url, { messages: [user('a')] });
    await recorded(1);
    expect(await json('prices', 'reprice')).toMatchObject({ exchanges: 1, changed: 0 });
    const config = join(home.path, '.lunaroute/config.yaml');
    writeFileSync(config, 'prices:\n- {model: "claude-opus-*", input: 40, output: 200}\n');
    const result = await json('prices', 'reprice');
    expect(result).toMatchObject({
      changed: 1,
      before: { nanoUsd: 6_000_000 },
      after: { nanoUsd: 60_000_000 },
    });
    expect((await json('stats', 'last')).cost).toMatchObject({
      nanoUsd: 60_000_000,
      exact: 1,
      unpriced: 0,
    });
    expect((await json('stats', '--since', '1d')).total.cost.nanoUsd).toBe(60_000_000);
  });

  it('update the table from a file, refuse what is none, and show limits', async () => {
    const table = join(home.path, 'table.json');
    const model = { id: 'claude-sonnet-4-5', match: { equals: 'claude-sonnet-4-5' } };
    const models = [{ ...model, prices: { input_mtok: 7, output_mtok: 9 } }];
    const maker = {
      id: 'anthropic',
      name: 'Anthropic',
      api_pattern: 'https://api\\.anthropic\\.com',
    };
    writeFileSync(table, JSON.stringify([{ ...maker, models }]));
    expect(await json('prices', 'update', '--from', table)).toMatchObject({ models: 1 });
    const shown = await json('prices', 'show', 'claude-sonnet-4-5');
    expect(shown).toMatchObject({ rates: { input_mtok: 7 }, isExactModel: true });
    writeFileSync(table, '{}');
    const refused = await runProgram(['prices', 'update', '--from', table], env);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('the old one stays'),
    ]);
    const missing = await runProgram(['prices', 'update', '--from', 'http://127.0.0.1:1/x'], env);
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('cannot fetch')]);

    const headers = {
      'anthropic-ratelimit-unified-5h-utilization': '0.42',
      'anthropic-ratelimit-unified-5h-reset': String(Math.round(Date.now() / 1000) + 3630),
    };
    answers.push({ headers });
    await sendTurn(server.url, { messages: [user('a')] });
    await recorded(1);
    expect(await json('limits')).toMatchObject([
      { account: 'sk-ant-api03-…wxyz', limits: [{ name: '5h', usedShare: 0.42 }] },
    ]);
    const { stdout } = await runProgram(['limits'], env);
    expect(stdout).toMatch(/^anthropic {2}sk-ant-api03-…wxyz {2}seen /);
    expect(stdout).toMatch(/^ {2}5h +42% +in 1h 0m$/m);
  });

  it('--tools weighs definitions by their share of the request', async () => {
    const tools = [
      { name: 'Big', description: 'x'.repeat(1000) },
      { name: 'Small', description: 'x' },
    ];
    answers.push({ usage: { input_tokens: 500, output_tokens: 1 } });
    await sendTurn(server.url, { tools, messages: [user('a')] });
    await recorded(1);
    const { tools: weights } = await json('stats', 'last', '--tools');
    const [body] = provider.requests;
    const share = JSON.stringify(tools[0]).length / (body?.body.length ?? 0);
    expect(weights[0]).toMatchObject({
      name: 'Big',
      calls: 0,
      definitionTokens: Math.round(500 * share),
    });
    expect(weights[1]).toMatchObject({ name: 'Small' });
  });
});
