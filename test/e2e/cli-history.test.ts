// What was recorded, asked for afterwards: lists, timelines, search and statistics.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  cleanEnv,
  type ProgramResult,
  runProgram,
  startServer,
  type TempHome,
  tempHome,
} from '../helpers/program.ts';
import { type ScriptedProvider, startScriptedProvider } from '../helpers/scripted-provider.ts';

let home: TempHome;
let provider: ScriptedProvider;

const EVIL = '\u001b]52;c;cHduZWQ=\u0007\u202eevil';
const FIRST = '550e8400-e29b-41d4-a716-446655440000';
const SECOND = '550e8400-0000-41d4-a716-446655440000';
const CALL = { type: 'tool_use', id: 't1', name: 'Bash', input: { command: `echo ${EVIL}` } };

interface Turn {
  readonly session: string;
  readonly messages: unknown[];
  readonly answer: unknown[];
}

const TURNS: readonly Turn[] = [
  {
    session: FIRST,
    messages: [{ role: 'user', content: 'migrate the lunar database' }],
    answer: [{ type: 'text', text: `I look first ${EVIL}` }, CALL],
  },
  {
    session: FIRST,
    messages: [
      { role: 'user', content: 'migrate the lunar database' },
      { role: 'assistant', content: [{ type: 'text', text: `I look first ${EVIL}` }, CALL] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 't1', content: 'no such table', is_error: true },
        ],
      },
    ],
    answer: [{ type: 'text', text: 'It failed.' }],
  },
  {
    session: SECOND,
    messages: [{ role: 'user', content: `another ${EVIL} matter` }],
    answer: [{ type: 'text', text: 'Done.' }],
  },
];

beforeAll(async () => {
  home = tempHome();
  let turn = 0;
  provider = await startScriptedProvider((_request, response) => {
    response.setHeader('content-type', 'application/json');
    const content = TURNS[turn]?.answer;
    turn += 1;
    response.end(
      JSON.stringify({
        id: `msg_${turn}`,
        type: 'message',
        role: 'assistant',
        model: 'claude-opus-5-5',
        content,
        stop_reason: 'end_turn',
        usage: { input_tokens: 100, cache_read_input_tokens: 1000, output_tokens: 10 },
      }),
    );
  });
  const server = await startServer(cleanEnv(home.path), ['--anthropic-base-url', provider.url]);
  for (const { session, messages } of TURNS) {
    const response = await fetch(`${server.url}/v1/messages`, {
      method: 'POST',
      headers: {
        'x-api-key': 'sk-ant-test',
        'anthropic-version': '2023-06-01',
        'x-claude-code-session-id': session,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ model: 'claude-opus-5-5', max_tokens: 9, messages }),
    });
    await response.text();
  }
  expect(await server.stop()).toBe(0);
});

afterAll(async () => {
  await provider.stop();
  home.remove();
});

async function run(...args: string[]): Promise<ProgramResult> {
  const result = await runProgram(args, cleanEnv(home.path));
  // Whatever was recorded: nothing that a terminal would obey comes out, anywhere.
  expect(result.stdout + result.stderr).not.toMatch(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: -- their absence is the point
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/,
  );
  return result;
}

async function json(...args: string[]): Promise<unknown> {
  return JSON.parse((await run(...args, '--json')).stdout);
}

describe('sessions list', () => {
  it('newest first, with true sums, in columns', async () => {
    const { stdout } = await run('sessions', 'list');
    const [head, newest, oldest] = stdout.split('\n');
    expect(head).toMatch(
      /^SESSION +LAST ACTIVITY +CLIENT +MODEL +REQUESTS +ERRORS +IN +OUT +COST +TITLE$/,
    );
    expect(newest).toContain(SECOND);
    expect(oldest).toMatch(
      new RegExp(`^${FIRST} .* 2 +0 +2,200 +20 +\\$[\\d.]+ +migrate the lunar database$`),
    );
    expect(await json('sessions', 'list', '--limit', '1')).toMatchObject([{ sessionId: SECOND }]);
  });

  it('filters', async () => {
    expect(await json('sessions', 'list', '--model', 'OPUS')).toHaveLength(2);
    expect(await json('sessions', 'list', '--model', 'gpt')).toEqual([]);
    expect(await json('sessions', 'list', '--client', 'codex')).toEqual([]);
    expect(await json('sessions', 'list', '--provider', 'anthropic')).toHaveLength(2);
    expect(await json('sessions', 'list', '--since', '1h')).toHaveLength(2);
    expect(await json('sessions', 'list', '--since', '2999-01-01')).toEqual([]);
  });
});

describe('sessions show', () => {
  it('is a timeline: prompts, answers, tool calls with their results', async () => {
    const { stdout } = await run('sessions', 'show', FIRST);
    expect(stdout).toContain(`Session ${FIRST}`);
    expect(stdout).toMatch(
      /^ {2}1 {2}\d\d:\d\d:\d\d {2}claude-opus-5-5 {2}completed {2}1,100 in, 10 out/m,
    );
    expect(stdout).toContain('▸ migrate the lunar database');
    expect(stdout).toMatch(/⚒ Bash → ≤ \d+m?s, 13 B, failed · .*echo/);
    expect(stdout).toContain('◂ It failed.');
  });

  it('pages, and finds by a unique beginning or last', async () => {
    expect(await json('sessions', 'show', '550e8400-e', '--limit', '1')).toMatchObject({
      session: { sessionId: FIRST, requests: 2 },
      exchanges: [{ promptPreview: 'migrate the lunar database' }],
      hasMore: true,
    });
    expect(await json('sessions', 'show', '550e8400-e', '--offset', '1')).toMatchObject({
      exchanges: [{ answerPreview: 'It failed.' }],
      hasMore: false,
    });
    expect(await json('sessions', 'show', 'last')).toMatchObject({
      session: { sessionId: SECOND },
    });
  });

  it('a beginning of several is an error that lists them; of none, too', async () => {
    const several = await run('sessions', 'show', '550e8400');
    expect(several).toMatchObject({ code: 1, stdout: '' });
    expect(several.stderr).toContain(FIRST);
    expect(several.stderr).toContain(SECOND);
    const none = await run('sessions', 'show', 'zzz');
    expect(none.code).toBe(1);
    expect(none.stderr).toContain('sessions list');
  });
});

describe('sessions search', () => {
  it('finds in prompts, answers and results, with the match marked', async () => {
    const { stdout } = await run('sessions', 'search', 'lunar');
    expect(stdout).toContain(FIRST);
    expect(stdout).toContain('migrate the «lunar» database');
    expect(await json('sessions', 'search', 'such', 'table')).toMatchObject([
      { sessionId: FIRST, kind: 'tool-result' },
    ]);
    expect((await run('sessions', 'search', 'evil')).code).toBe(0);
  });

  it('takes filters and what must not occur, forgives with --fuzzy, says how to go on', async () => {
    const { stdout } = await run(
      'sessions',
      'search',
      'lunar',
      '-nowhere',
      'role:user',
      '--limit',
      '1',
    );
    expect(stdout).toContain('«lunar»');
    expect(stdout).toContain(`claude --resume ${FIRST}`);
    expect(await json('sessions', 'search', 'lunar', '-database')).toEqual([]);
    expect(await json('sessions', 'search', 'lunnar')).toEqual([]);
    expect(await json('sessions', 'search', '--fuzzy', 'lunnar', 'role:user')).toMatchObject([
      { sessionId: FIRST, kind: 'prompt', resume: `claude --resume ${FIRST}` },
    ]);
  });

  it('says which filter may be meant', async () => {
    const wrong = await run('sessions', 'search', 'lunar', 'modle:opus');
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('there is no filter modle:; did you mean model:?');
    const option = await run('sessions', 'search', 'lunar', '--limt', '1');
    expect(option).toMatchObject({ code: 2, stdout: '' });
    expect(option.stderr).toContain('unknown option --limt');
  });

  it('no hit is no failure', async () => {
    expect(await run('sessions', 'search', 'nowhere')).toMatchObject({ code: 0, stdout: '' });
    expect(await json('sessions', 'search', 'nowhere')).toEqual([]);
  });
});

describe('stats', () => {
  it('of one session', async () => {
    const { stdout } = await run('stats', '550e8400-e29b');
    expect(stdout).toMatch(
      new RegExp(
        [
          '^📊 Session Statistics Summary',
          '═{63}',
          `Session: ${FIRST}`,
          '  Requests:        2',
          '  Input tokens:    2,200',
          '    Cache read:    2,000',
          '  Output tokens:   20',
          '  Total tokens:    2,220',
          '',
          '  Tool usage:',
          '    Bash: 1 call \\(avg \\d+ms, 1 failed\\)',
          '',
          '  Performance:',
          '    Avg response time: \\d+ms',
          '    Proxy overhead:    [\\d.]+ms total \\([\\d.]+%\\)',
          '    Provider latency:  \\d+ms \\([\\d.]+%\\)',
          '',
          '[\\s\\S]*\n💰 Estimated cost: \\$[\\d.]+ USD\n$',
        ].join('\n'),
      ),
    );
  });

  it('of all, the latest by themselves', async () => {
    const { stdout } = await run('stats');
    expect(stdout.match(/^(?:Session|All sessions): .*$/gm)).toEqual([
      `Session: ${FIRST}`,
      `Session: ${SECOND}`,
      'All sessions: 2',
    ]);
    expect(stdout).toContain('Total tokens:    3,330');
    expect(await json('stats', '--since', '2999-01-01')).toMatchObject({ total: { requests: 0 } });
  });
});

it('what was shown is what the files hold', async () => {
  const listed = await json('sessions', 'show', SECOND);
  expect(listed).toMatchObject({
    exchanges: [{ end: { usage: { input: 1100, cacheRead: 1000, output: 10 } } }],
  });
  const log = join(home.path, '.lunaroute', 'sessions.db');
  expect(readFileSync(log).subarray(0, 15).toString()).toBe('SQLite format 3');
});
