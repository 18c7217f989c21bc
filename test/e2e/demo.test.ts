// The demo as a newcomer runs it: its summary says what the script sent, to the token, and nothing of
// it is left, however it ends.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatCount } from '../../src/core/format.ts';
import { addUsage } from '../../src/core/usage.ts';
import { DEMO } from '../../src/demo/script.ts';
import { type DemoSession, usageOf } from '../../src/demo/session.ts';
import { cleanEnv, LAUNCHER, runProgram, tempHome, until } from '../helpers/program.ts';
import { TmuxProgram } from '../helpers/tmux.ts';

const home = tempHome();
const temp = join(home.path, 'tmp');
mkdirSync(temp);
// Settings of the caller's that would lead elsewhere: the demo must not know them.
const env = cleanEnv(home.path, {
  TMPDIR: temp,
  LUNAROUTE_PORT: '1',
  LUNAROUTE_ANTHROPIC_BASE_URL: 'http://127.0.0.1:1',
  HTTP_PROXY: 'http://127.0.0.1:1',
});
afterAll(() => home.remove());

/** All but what Node itself keeps of every program's compiled code. */
function left(): string[] {
  return readdirSync(temp).filter((name) => name !== 'node-compile-cache');
}

function expectNothingLeft(): void {
  expect(left()).toEqual([]);
  expect(existsSync(join(home.path, '.lunaroute'))).toBe(false);
}

function blockOf(summary: string, title: string): string {
  const start = summary.indexOf(title);
  expect(start).toBeGreaterThan(-1);
  return summary.slice(start, summary.indexOf('Performance:', start));
}

function expectBlock(block: string, requests: number, usage: ReturnType<typeof usageOf>): void {
  expect(block).toMatch(new RegExp(`Requests: +${requests}\\b`));
  expect(block).toMatch(new RegExp(`Input tokens: +${formatCount(usage.input)}$`, 'm'));
  expect(block).toMatch(new RegExp(`Output tokens: +${formatCount(usage.output)}$`, 'm'));
  if (usage.cacheRead > 0) {
    expect(block).toMatch(new RegExp(`Cache read: +${formatCount(usage.cacheRead)}$`, 'm'));
  }
  if (usage.cacheWrite5m > 0) {
    expect(block).toMatch(new RegExp(`Cache write: +${formatCount(usage.cacheWrite5m)}$`, 'm'));
  }
  if (usage.reasoning > 0) {
    expect(block).toMatch(new RegExp(`Thinking tokens: +${formatCount(usage.reasoning)}$`, 'm'));
  }
}

describe('lunaroute demo', () => {
  it('--headless --for 20s: the summary is what the script sent', { timeout: 60_000 }, async () => {
    const run = await runProgram(['demo', '--headless', '--for', '20s'], env);
    expect([run.code, run.stderr]).toEqual([0, '']);
    const sessions: readonly DemoSession[] = Object.values(DEMO);
    for (const { id, answers } of sessions) {
      expectBlock(blockOf(run.stdout, `Session: ${id}`), answers.length, usageOf(answers));
    }
    const answers = sessions.flatMap((session) => session.answers);
    const total = sessions.map((session) => usageOf(session.answers)).reduce(addUsage);
    expectBlock(blockOf(run.stdout, 'All sessions: 3'), answers.length, total);
    const failed = answers.filter(({ kind }) => kind === 'refused').length;
    expect(run.stdout.trim().split('\n').at(-1)).toBe(
      `The demo's provider sent the same: ${answers.length} requests (${failed} failed), ` +
        `${formatCount(total.input)} tokens in, ${formatCount(total.output)} out.`,
    );
    expectNothingLeft();
  });

  it('stopped in the middle of answers, the numbers agree and nothing is left', async () => {
    const run = await runProgram(['demo', '--headless', '--for', '3s'], env);
    expect(run.code, run.stderr).toBe(0);
    expect(run.stdout).toMatch(/^The demo's provider sent the same: [1-9]/m);
    expectNothingLeft();
    const child = spawn(process.execPath, [LAUNCHER, 'demo', '--headless'], { env });
    const ended = new Promise((resolve) => child.once('close', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expectNothingLeft();
  });

  it('what kill -9 leaves goes with the next demo', async () => {
    const child = spawn(process.execPath, [LAUNCHER, 'demo', '--headless'], { env });
    const ended = new Promise((resolve) => child.once('close', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGKILL');
    await ended;
    expect(left()).toHaveLength(1);
    expect((await runProgram(['demo', '--headless', '--for', '1s'], env)).code).toBe(0);
    expectNothingLeft();
  });

  it('in a terminal it shows the agents; q ends it', async () => {
    const terminal = new TmuxProgram({ env, args: ['demo'] });
    await terminal.shows('claude-opus-5-5');
    await terminal.shows('gpt-5-codex');
    terminal.keys('q');
    await terminal.shows(/q|again|quit/i);
    await until('the end', () => {
      if (terminal.screen().includes('ended with')) return true;
      terminal.keys('q');
      return undefined;
    });
    expect(terminal.history()).toContain("The demo's provider sent the same");
    expect(terminal.history()).toContain('ended with 0');
    expectNothingLeft();
  });

  it('--web opens a browser on its page, where the agents are', async () => {
    const browser = join(home.path, 'browser');
    const seen = join(home.path, 'seen');
    const look = `fetch(process.argv[1] + '/api/v1/overview').then((answer) => require('fs').writeFileSync('${seen}', String(answer.status)))`;
    writeFileSync(browser, `#!/bin/sh\nexec '${process.execPath}' -e "${look}" "\${1%/}"\n`, {
      mode: 0o755,
    });
    const run = await runProgram(['demo', '--web', '--for', '4s'], { ...env, BROWSER: browser });
    expect(run.code, run.stderr).toBe(0);
    expect(run.stderr).not.toContain('no browser');
    expect(readFileSync(seen, 'utf8')).toBe('200');
    expectNothingLeft();
  });

  it.each([[['demo', '--json']], [['demo', '--for', 'x']], [['demo', '--config', 'x']]])(
    '%j is wrong usage',
    async (args) => {
      const run = await runProgram(args, env);
      expect(run.code).toBe(2);
      expect(run.stderr).not.toBe('');
      expectNothingLeft();
    },
  );
});
