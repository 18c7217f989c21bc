// The disk fails while traffic runs: full, read-only, permission taken away, the database locked by
// another program. Answers stay the provider's to the byte, the trouble is said, and what waited is
// written when the disk is well again.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { report, sized } from '../../helpers/hard.ts';
import { databasePath, exchangeIds } from '../../helpers/history.ts';
import {
  cleanEnv,
  type RunningServer,
  runProgram,
  startServer,
  tempHome,
  until,
} from '../../helpers/program.ts';
import {
  ask,
  integrity,
  marksInJsonl,
  recorded,
  startStreamProvider,
  untilEnded,
} from '../helpers/agents.ts';

// Whole programs are started: a starved machine is no failure.
vi.setConfig({ testTimeout: 1_200_000 });

const IS_ROOT = process.getuid?.() === 0;
const PACE = { events: 5, gapMs: 2 };
/** Exchanges in each phase: before, during, after. */
const TURNS = sized(10, 60);
const ROUNDS = sized(1, 5);
const LOCKED_MS = sized(1500, 30_000);

const counts = { faults: 0, exchanges: 0, bytes: 0, lost: 0, differing: 0 };
afterAll(() =>
  report('process, disk', {
    'faults survived': counts.faults,
    'exchanges sent': counts.exchanges,
    'bytes compared': counts.bytes,
    'not the bytes of the provider': counts.differing,
    'not recorded in the end': counts.lost,
  }),
);

interface Running {
  readonly home: string;
  readonly dataDir: string;
  readonly server: RunningServer;
  readonly marks: string[];
}

async function start(wrapper: readonly string[] = [], mountOptions?: string): Promise<Running> {
  const home = tempHome();
  const dataDir = join(home.path, '.lunaroute');
  mkdirSync(dataDir, { mode: 0o700 });
  if (mountOptions !== undefined) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', mountOptions, 'tmpfs', dataDir]);
  }
  const provider = await startStreamProvider();
  const env = cleanEnv(home.path, { LUNAROUTE_ANTHROPIC_BASE_URL: provider.url });
  const server = await startServer(env, [], wrapper);
  onTestFinished(async () => {
    await server.stop('SIGKILL');
    await provider.stop();
    if (mountOptions !== undefined) execFileSync('umount', ['-l', dataDir]);
    home.remove();
  });
  return { home: home.path, dataDir, server, marks: [] };
}

async function turns({ server, marks }: Running, count = TURNS): Promise<void> {
  const taken = await Promise.all(
    Array.from({ length: count }, (_, index) => ask(server.url, `m${marks.length + index}`, PACE)),
  );
  for (const { mark, bytes, isWhole } of taken) {
    marks.push(mark);
    counts.exchanges += 1;
    counts.bytes += bytes;
    counts.differing += isWhole ? 0 : 1;
  }
  expect(taken.filter(({ isWhole }) => !isWhole)).toEqual([]);
}

const readyz = async ({ server }: Running): Promise<string> =>
  await (await fetch(`${server.url}/readyz`)).text();

const untilSays = (running: Running, what: RegExp) =>
  until(`readyz to say ${what}`, async () => {
    const text = await readyz(running);
    return what.test(text) ? text : undefined;
  });

/** Turns before, during and after a fault; then all of them are in both records. */
async function survive(running: Running, begin: () => void, end: () => void, says: RegExp) {
  await turns(running);
  await untilEnded(running.home, running.marks);
  for (let round = 0; round < ROUNDS; round += 1) {
    begin();
    await turns(running);
    await untilSays(running, says);
    await turns(running);
    end();
    await untilSays(running, /"status":"ready"/);
    await turns(running);
    counts.faults += 1;
  }
  await allRecorded(running);
}

/** Every mark is in both records. */
async function allRecorded(running: Running): Promise<void> {
  const rows = await untilEnded(running.home, running.marks);
  expect(await running.server.stop()).toBe(0);
  const lost = running.marks.filter((mark) => rows.get(mark)?.outcome !== 'completed');
  const inJsonl = marksInJsonl(running.home);
  const missing = running.marks.filter((mark) => !inJsonl.has(mark));
  counts.lost += lost.length + missing.length;
  expect([lost, missing, integrity(running.home)]).toEqual([[], [], 'ok']);
}

describe('traffic goes on, and recording resumes, after', () => {
  // Mounting needs root (CI has it).
  it.skipIf(!IS_ROOT)('a full disk', async () => {
    const running = await start([], 'size=24m');
    const ballast = join(running.dataDir, 'ballast');
    const fill = (): void => {
      for (let size = 22_000_000; size > 1000; size = Math.floor(size / 2)) {
        try {
          writeFileSync(ballast, Buffer.alloc(size), { flag: 'a' });
        } catch {
          // What was left is taken by the next, smaller piece.
        }
      }
    };
    await survive(running, fill, () => rmSync(ballast), /full|no space/i);
  });

  it.skipIf(!IS_ROOT)('a disk that is read-only at the start', async () => {
    const running = await start([], 'size=200m,ro');
    await turns(running);
    await untilSays(running, /cannot be opened or written/);
    await turns(running);
    execFileSync('mount', ['-o', 'remount,rw', running.dataDir]);
    await untilSays(running, /"status":"ready"/);
    await allRecorded(running);
    counts.faults += 1;
  });

  it('permission that is taken away', async () => {
    // Root may do everything unless that very power is taken from it.
    const wrapper = IS_ROOT ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : [];
    const running = await start(wrapper);
    const { dataDir } = running;
    const files = ['sessions.db', 'sessions.db-wal', 'sessions.db-shm', 'sessions'];
    const all = (mode: number, folder: number) => () => {
      chmodSync(dataDir, 0o700);
      for (const name of files.filter((file) => existsSync(join(dataDir, file)))) {
        chmodSync(join(dataDir, name), name === 'sessions' ? folder : mode);
      }
      chmodSync(dataDir, folder);
    };
    await turns(running);
    await untilEnded(running.home, running.marks);
    for (let round = 0; round < ROUNDS; round += 1) {
      all(0o000, 0o000)();
      await turns(running);
      all(0o600, 0o700)();
      await turns(running);
      counts.faults += 1;
    }
    await untilSays(running, /"status":"ready"/);
    await allRecorded(running);
  });

  it(`a database that another program locks for ${LOCKED_MS} ms`, async () => {
    const running = await start();
    let other: Database.Database | undefined;
    const lock = (): void => {
      other = new Database(databasePath(running.home), { timeout: 10_000 });
      other.exec('BEGIN IMMEDIATE');
    };
    await turns(running);
    await untilEnded(running.home, running.marks);
    lock();
    onTestFinished(() => void other?.close());
    await turns(running);
    const since = recorded(running.home).size;
    await untilSays(running, /holds a lock/);
    await sleep(LOCKED_MS);
    await turns(running);
    expect(recorded(running.home).size).toBe(since);
    other?.exec('ROLLBACK');
    await untilSays(running, /"status":"ready"/);
    await allRecorded(running);
    expect(running.server.output().match(/holds a lock/g)).toHaveLength(1);
    counts.faults += 1;
  });
});

/** A transcript of Claude Code that no compression makes small. */
function transcript(turns: number): string {
  const session = 'disk-import';
  const line = (type: string, turn: number, message: object): string =>
    JSON.stringify({
      type,
      message,
      uuid: `${type}-${turn}`,
      parentUuid: type === 'user' ? null : `user-${turn}`,
      sessionId: session,
      requestId: `req-${turn}`,
      version: '2.1.0',
      timestamp: new Date(Date.UTC(2026, 10, 1, 0, turn)).toISOString(),
    });
  return Array.from({ length: turns }, (_, turn) => {
    const text = randomBytes(3000).toString('base64');
    const usage = { input_tokens: 1, output_tokens: 1 };
    const answer = { id: `msg-${turn}`, model: 'claude-x', role: 'assistant', usage };
    const content = [{ type: 'text', text: `answer ${turn}` }];
    return [
      line('user', turn, { role: 'user', content: text }),
      line('assistant', turn, { ...answer, stop_reason: 'end_turn', content }),
    ].join('\n');
  }).join('\n');
}

it.skipIf(!IS_ROOT)(
  'an import onto a full disk says what to do, and again brings the rest',
  async () => {
    const home = tempHome();
    const dataDir = join(home.path, '.lunaroute');
    const source = join(home.path, 'claude/projects/p');
    mkdirSync(dataDir, { mode: 0o700 });
    mkdirSync(source, { recursive: true });
    const file = join(source, 'disk-import.jsonl');
    writeFileSync(file, `${transcript(1000)}\n`);
    // The end of a file that has just been written would wait for a later import.
    utimesSync(file, 1_790_000_000, 1_790_000_000);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', dataDir]);
    onTestFinished(() => {
      execFileSync('umount', ['-l', dataDir]);
      home.remove();
    });
    const bring = () =>
      runProgram(['import', 'claude', join(home.path, 'claude')], cleanEnv(home.path));
    const failed = await bring();
    expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('Free some space')]);
    expect(failed.stderr).not.toContain('bug in LunaRoute');
    execFileSync('mount', ['-o', 'remount,size=100m', dataDir]);
    expect((await bring()).code).toBe(0);
    expect(exchangeIds(home.path)).toHaveLength(1000);
    expect(integrity(home.path)).toBe('ok');
    counts.faults += 1;
  },
);
