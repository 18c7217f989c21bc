// What else may happen to the process: no file descriptors left, a second LunaRoute on the same
// records, the clock set back, a thread that dies by itself, nobody at its output, no terminal any more.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { report, sized } from '../../helpers/hard.ts';
import { startPacedProvider } from '../../helpers/paced-provider.ts';
import {
  cleanEnv,
  freePort,
  LAUNCHER,
  type RunningServer,
  resultOf,
  startServer,
  tempHome,
  until,
} from '../../helpers/program.ts';
import { TmuxProgram } from '../../helpers/tmux.ts';
import {
  ask,
  integrity,
  marksInJsonl,
  recorded,
  startStreamProvider,
  untilEnded,
} from '../helpers/agents.ts';
import { makeSabotage } from '../helpers/sabotage.ts';

// Whole programs are started: a starved machine is no failure.
vi.setConfig({ testTimeout: 1_200_000 });

const PACE = { events: 5, gapMs: 2 };

const counts = { faults: 0, exchanges: 0, recorded: 0, lost: 0, cut: 0 };
afterAll(() =>
  report('process, surroundings', {
    'faults survived': counts.faults,
    'exchanges sent': counts.exchanges,
    'cut with the thread that died': counts.cut,
    recorded: counts.recorded,
    'not recorded': counts.lost,
  }),
);

async function surroundings(extra: Record<string, string> = {}) {
  const home = tempHome();
  const provider = await startStreamProvider();
  onTestFinished(async () => {
    await provider.stop();
    home.remove();
  });
  const env = cleanEnv(home.path, { LUNAROUTE_ANTHROPIC_BASE_URL: provider.url, ...extra });
  const start = async (args: readonly string[] = []): Promise<RunningServer> => {
    const server = await startServer(env, args);
    onTestFinished(async () => void (await server.stop('SIGKILL')));
    return server;
  };
  return { home: home.path, env, start };
}

/** These turns come whole, and are recorded so. */
async function turns(home: string, server: RunningServer, marks: readonly string[]): Promise<void> {
  const taken = await Promise.all(marks.map((mark) => ask(server.url, mark, PACE)));
  expect(taken.filter(({ isWhole }) => !isWhole)).toEqual([]);
  const rows = await untilEnded(home, marks);
  const lost = marks.filter((mark) => rows.get(mark)?.outcome !== 'completed');
  counts.exchanges += marks.length;
  counts.recorded += marks.length - lost.length;
  counts.lost += lost.length;
  expect(lost).toEqual([]);
}

const marksOf = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${name}-${index}`);

const output = (server: RunningServer, text: string) =>
  until(`'${text}'`, () => (server.output().includes(text) ? true : undefined));

it.skipIf(process.platform !== 'linux')('no file descriptors left', async () => {
  const { home, start } = await surroundings();
  const server = await start();
  await turns(home, server, marksOf('before', 3));
  const pid = `${server.child.pid}`;
  const open = readdirSync(`/proc/${pid}/fd`).length;
  const limit = (files: number): void => {
    execFileSync('prlimit', ['--pid', pid, `--nofile=${files}:`]);
  };
  for (let round = 0; round < sized(1, 5); round += 1) {
    limit(open + 8);
    const held = Array.from({ length: 30 }, () => net.connect(server.port, '127.0.0.1'));
    await until('the sockets to be taken', () =>
      readdirSync(`/proc/${pid}/fd`).length >= open + 7 ? true : undefined,
    );
    const refused = await Promise.race([
      ask(server.url, `during-${round}`, PACE).then(({ isWhole }) => isWhole),
      new Promise((resolve) => setTimeout(resolve, 500, 'waits')),
    ]);
    expect(refused).not.toBe(true);
    for (const socket of held) socket.destroy();
    limit(4096);
    await turns(home, server, marksOf(`after${round}`, 10));
    counts.faults += 1;
  }
  expect(await server.stop()).toBe(0);
  expect(integrity(home)).toBe('ok');
});

it('two LunaRoutes on one data folder; a third on a port of theirs', async () => {
  const { home, env, start } = await surroundings();
  const [first, second] = [await start(), await start()];
  const each = sized(30, 500);
  const marks = [marksOf('first', each), marksOf('second', each), marksOf('shared', 20)] as const;
  await Promise.all([
    turns(home, first, [...marks[0], ...marks[2].slice(0, 10)]),
    turns(home, second, [...marks[1], ...marks[2].slice(10)]),
  ]);
  const args = [LAUNCHER, '--headless', '--port', `${first.port}`];
  const third = await resultOf(spawn(process.execPath, args, { env, stdio: 'pipe' }));
  expect(third.code).toBe(1);
  expect(third.stderr).toContain('already runs');
  expect([await first.stop(), await second.stop()]).toEqual([0, 0]);
  const rows = recorded(home);
  const inJsonl = marksInJsonl(home);
  expect(marks.flat().filter((mark) => !rows.has(mark) || !inJsonl.has(mark))).toEqual([]);
  expect(integrity(home)).toBe('ok');
  counts.faults += 2;
});

it('the clock is set back, and forth, while answers run', async () => {
  const sabotage = makeSabotage();
  onTestFinished(() => sabotage.remove());
  const { home, start } = await surroundings(sabotage.env);
  const server = await start();
  const pace = { events: 60, gapMs: 10 };
  const hours = [-1, 0, -24, 24, 0].slice(0, sized(2, 5));
  for (const [index, hour] of hours.entries()) {
    const marks = marksOf(`clock${index}`, 5);
    const slow = Promise.all(marks.map((mark) => ask(server.url, mark, pace)));
    await until('them to run', () => (recorded(home).has(marks[0] ?? '') ? true : undefined));
    sabotage.setClock(hour * 3_600_000);
    expect((await slow).filter(({ isWhole }) => !isWhole)).toEqual([]);
    await turns(home, server, marksOf(`later${index}`, 5));
    const rows = await untilEnded(home, marks);
    for (const mark of marks) {
      const { endedMs, firstByteMs, overheadMs } = rows.get(mark) ?? {};
      expect([endedMs, firstByteMs, overheadMs].every((ms) => Number(ms) >= 0)).toBe(true);
      expect(Number(endedMs)).toBeGreaterThan(Number(firstByteMs));
      expect(Number(endedMs)).toBeLessThan(3_600_000);
    }
    counts.faults += 1;
    counts.exchanges += marks.length;
    counts.recorded += marks.length;
  }
  expect(await server.stop()).toBe(0);
});

const DEATHS = [
  ['recorder', 'throw'],
  ['proxy', 'exit'],
  ['proxy', 'memory'],
  ['recorder', 'memory'],
  ['recorder', 'exit'],
  ['proxy', 'rejection'],
].slice(0, sized(2, 6)) as ['recorder' | 'proxy', string][];

describe('a thread that dies by itself', () => {
  it.each(DEATHS)('%s by %s: it is said, and traffic and recording go on', async (role, how) => {
    const sabotage = makeSabotage();
    onTestFinished(() => sabotage.remove());
    const { home, start } = await surroundings(sabotage.env);
    const server = await start();
    await turns(home, server, marksOf('before', 5));
    const pace = { events: 60, gapMs: 10 };
    const marks = marksOf('during', 5);
    const running = Promise.all(marks.map((mark) => ask(server.url, mark, pace)));
    await until('them to run', () => (recorded(home).has(marks[4] ?? '') ? true : undefined));
    await sabotage.die(role, how);
    await output(server, `the ${role} ended unexpectedly`);
    const taken = await running;
    // The recorder's death touches no traffic; the proxy's cuts what ran through it.
    if (role === 'recorder') expect(taken.filter(({ isWhole }) => !isWhole)).toEqual([]);
    await until('the proxy', async () => {
      const answer = await fetch(`${server.url}/healthz`).catch(() => undefined);
      return answer?.ok ? true : undefined;
    });
    await turns(home, server, marksOf('after', 5));
    const rows = await untilEnded(home, marks);
    counts.cut += marks.filter((mark) => rows.get(mark)?.outcome !== 'completed').length;
    counts.faults += 1;
    counts.exchanges += marks.length;
    counts.recorded += marks.length;
    expect(marks.filter((mark) => !rows.has(mark))).toEqual([]);
    expect(await server.stop()).toBe(0);
    expect(integrity(home)).toBe('ok');
  });
});

describe('nobody is there', () => {
  it.each(['>&- 2>&-', '>&- 2>&- <&-', '| true'].slice(0, sized(1, 3)))(
    'output closed: %s',
    async (redirection) => {
      const { home, env } = await surroundings();
      const port = await freePort();
      const command = `"${process.execPath}" "${LAUNCHER}" --headless --log-requests --port ${port} ${redirection} & echo $!; wait $!`;
      const shell = spawn('/bin/sh', ['-c', command], { env, stdio: 'pipe' });
      const url = `http://127.0.0.1:${port}`;
      const pid = await until('it to answer', async () => {
        const answer = await fetch(`${url}/healthz`).catch(() => undefined);
        return answer?.ok ? Number(((await answer.json()) as { pid: number }).pid) : undefined;
      });
      onTestFinished(() => void (existsSync(`/proc/${pid}`) && process.kill(pid, 'SIGKILL')));
      const marks = marksOf('unheard', 5);
      const taken = await Promise.all(marks.map((mark) => ask(url, mark, PACE)));
      expect(taken.filter(({ isWhole }) => !isWhole)).toEqual([]);
      process.kill(pid, 'SIGTERM');
      await once(shell, 'close');
      const rows = await untilEnded(home, marks);
      expect(marks.filter((mark) => rows.get(mark)?.outcome !== 'completed')).toEqual([]);
      counts.faults += 1;
      counts.exchanges += marks.length;
      counts.recorded += marks.length;
    },
  );

  it('the terminal is gone: the running answer ends whole, then it ends by itself', async () => {
    const home = tempHome();
    const provider = await startPacedProvider();
    onTestFinished(async () => {
      await provider.stop();
      home.remove();
    });
    const port = await freePort();
    const env = cleanEnv(home.path, { LUNAROUTE_UI_PORT: '0' });
    const args = ['--port', `${port}`, '--anthropic-base-url', provider.url];
    const screen = new TmuxProgram({ env, args });
    await screen.shows('Nothing has been recorded');
    const health = await fetch(`http://127.0.0.1:${port}/healthz`);
    const { pid } = (await health.json()) as { pid: number };
    const text = streamThrough(port);
    const answer = await provider.answer(0);
    answer.say('half');
    await screen.shows('1 running');
    screen.tmux('kill-server');
    answer.say(' and the other half');
    answer.end(7);
    expect(await text).toContain('and the other half');
    await until('its end', () => (isRunning(pid) ? undefined : true), 60_000);
    const [row] = [...recorded(home.path).values()];
    expect(row?.outcome).toBe('completed');
    counts.faults += 1;
    counts.exchanges += 1;
    counts.recorded += 1;
  });
});

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** The text of a streamed answer; rejects when it is cut. */
function streamThrough(port: number): Promise<string> {
  const body = '{"model":"claude-x","stream":true,"messages":[{"role":"user","content":"hi"}]}';
  return new Promise((resolve, reject) => {
    const req = http.request(
      { port, host: '127.0.0.1', path: '/v1/messages', method: 'POST', agent: false },
      (res) => {
        let text = '';
        res.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        res.on('error', () => undefined);
        res.on('close', () => (res.complete ? resolve(text) : reject(new Error('cut'))));
      },
    );
    req.setHeader('x-api-key', 'sk-ant-x');
    req.on('error', reject);
    req.end(body);
  });
}
