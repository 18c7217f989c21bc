// kill -9 under load, again and again on the same records: what a reader has seen committed is never
// lost, every answer before the last that was kept is kept too, and the next start mends the rest.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { report, sized } from '../../helpers/hard.ts';
import { cleanEnv, startServer, tempHome, until } from '../../helpers/program.ts';
import { ask, integrity, marksInJsonl, recorded, startStreamProvider } from '../helpers/agents.ts';

const KILLS = sized(3, 100);
const AGENTS = 4;
const PACE = { events: 3, gapMs: 2 };
/** Answers in each round that are seen in the database before the kill. */
const ROUND = 40;
/** A steady load: agents think between their turns. */
const THINK_MS = 5;

const counts = { kills: 0, answers: 0, kept: 0, lost: 0, committedLost: 0, broken: 0 };
/** Of each kill: how long before it the oldest answer ended that was lost; 0 when none was. */
const windows: number[] = [];
afterAll(() =>
  report('process, kill -9', {
    kills: counts.kills,
    'answers received whole': counts.answers,
    'of them recorded': counts.kept,
    'lost with the last batch': counts.lost,
    'oldest lost answer before its kill (median ms)':
      windows.toSorted((a, b) => a - b)[windows.length >> 1] ?? 0,
    'at most (ms)': Math.max(0, ...windows),
    'seen committed and lost': counts.committedLost,
    'checks of the database and every JSONL line that failed': counts.broken,
  }),
);

it(`${KILLS} kills under load`, async () => {
  const home = tempHome();
  const provider = await startStreamProvider();
  onTestFinished(async () => {
    await provider.stop();
    home.remove();
  });
  const env = cleanEnv(home.path, { LUNAROUTE_ANTHROPIC_BASE_URL: provider.url });
  const kept = new Set<string>();
  for (let kill = 0; kill < KILLS; kill += 1) {
    const server = await startServer(env);
    const whole: Answer[][] = Array.from({ length: AGENTS }, () => []);
    const agents = whole.map(async (done, agent) => {
      for (let turn = 0; ; turn += 1) {
        const taken = await ask(server.url, `k${kill}a${agent}-${turn}`, PACE);
        if (!taken.isWhole) return;
        done.push({ mark: taken.mark, at: Date.now() });
        await sleep(THINK_MS);
      }
    });
    const isKept = (of: Set<string>) => whole.flat().filter(({ mark }) => of.has(mark)).length;
    const before = await until(
      'answers in the database',
      () => {
        const seen = completed(home.path);
        return isKept(seen) >= ROUND ? seen : undefined;
      },
      120_000,
    );
    const killedAt = Date.now();
    server.child.kill('SIGKILL');
    await once(server.child, 'exit');
    await Promise.all(agents);
    check(home.path, { whole, before, kept, killedAt });
  }
  const last = await startServer(env);
  await last.stop();
  const rows = recorded(home.path);
  expect([...rows.values()].filter(({ outcome }) => outcome === null)).toEqual([]);
  expect([...kept].filter((mark) => rows.get(mark)?.outcome !== 'completed')).toEqual([]);
  const inJsonl = marksInJsonl(home.path);
  expect([...kept].filter((mark) => !inJsonl.has(mark))).toEqual([]);
  expect(integrity(home.path)).toBe('ok');
}, 3_600_000);

function completed(home: string): Set<string> {
  const rows = [...recorded(home).values()];
  return new Set(rows.filter(({ outcome }) => outcome === 'completed').map(({ mark }) => mark));
}

interface Answer {
  readonly mark: string;
  readonly at: number;
}

interface Round {
  /** The answers that came whole, in order, by agent. */
  readonly whole: readonly (readonly Answer[])[];
  readonly killedAt: number;
  /** What a reader saw in the database just before the kill. */
  readonly before: ReadonlySet<string>;
  /** All that was found kept after a kill: it must stay. */
  readonly kept: Set<string>;
}

/** Right after the kill, before anything has been mended. */
function check(home: string, { whole, before, kept, killedAt }: Round): void {
  const isSound = integrity(home) === 'ok';
  const found = completed(home);
  const lost = whole.flat().filter(({ mark }) => !found.has(mark));
  windows.push(Math.max(0, ...lost.map(({ at }) => killedAt - at)));
  counts.kills += 1;
  counts.answers += whole.flat().length;
  counts.lost += lost.length;
  counts.kept += whole.flat().length - lost.length;
  counts.broken += isSound ? 0 : 1;
  const gone = [...before, ...kept].filter((mark) => !found.has(mark));
  counts.committedLost += gone.length;
  expect([isSound, gone]).toEqual([true, []]);
  for (const answers of whole) {
    const marks = answers.map(({ mark }) => mark);
    // No holes: what is lost is the end of what each agent did.
    const firstLost = marks.findIndex((mark) => !found.has(mark));
    const after = firstLost === -1 ? [] : marks.slice(firstLost);
    expect(after.filter((mark) => found.has(mark))).toEqual([]);
  }
  for (const mark of found) kept.add(mark);
}
