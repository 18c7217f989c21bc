// Load: many streams at once for a long time with the recorder on. No exchange is lost, none fails,
// every byte is the provider's, and what it holds (memory, handles, objects) is at the end what it was
// at the beginning. The long form compares heap snapshots of all three threads.
import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { report, sized } from '../helpers/hard.ts';
import { cleanEnv, startServer, tempHome, until } from '../helpers/program.ts';
import {
  ask,
  integrity,
  marksInJsonl,
  type Row,
  recorded,
  startStreamProvider,
  untilEnded,
} from './helpers/agents.ts';
import { type Measure, makeSabotage } from './helpers/sabotage.ts';

const STREAMS = sized(40, 200);
/** Each stream is one answer after the other; an answer lasts some `events × gapMs`. */
const PACE = { events: sized(40, 80), gapMs: sized(25, 200) };
const ROUNDS = sized(3, 0);
const LASTS_MS = sized(0, 600_000);
/** What caches, that are bounded, may still fill between the first and the last look. */
const HEAP_SLACK = 48 * 1024 * 1024;
/** Connections that are kept for a while come and go; a leak leaves one for each of hundreds of streams. */
const HANDLE_SLACK = 8;
/** Objects of one class that may be more at the end: connections that are kept, entries of caches. */
const CLASS_SLACK = 3000;

const facts: Record<string, number | string> = {};
afterAll(() => report('load', facts));

interface Stream {
  readonly sha256s: Map<string, string>;
  failed: number;
  bytes: number;
}

it(`${STREAMS} streams at once`, async () => {
  const home = tempHome();
  const sabotage = makeSabotage(sized(0, 1) === 1);
  const provider = await startStreamProvider();
  const env = { LUNAROUTE_ANTHROPIC_BASE_URL: provider.url, ...sabotage.env };
  const server = await startServer(cleanEnv(home.path, env));
  const agent = new http.Agent({ keepAlive: true });
  onTestFinished(async () => {
    agent.destroy();
    await server.stop('SIGKILL');
    await provider.stop();
    sabotage.remove();
    home.remove();
  });
  const pid = server.child.pid ?? 0;
  const stream: Stream = { sha256s: new Map(), failed: 0, bytes: 0 };
  const goOn = async (name: string, isOver: (round: number) => boolean): Promise<void> => {
    await Promise.all(
      Array.from({ length: STREAMS }, async (_, index) => {
        for (let round = 0; !isOver(round); round += 1) {
          const taken = await ask(server.url, `${name}${index}-${round}`, PACE, agent);
          stream.failed += taken.isWhole ? 0 : 1;
          stream.bytes += taken.bytes;
          stream.sha256s.set(taken.mark, taken.sha256);
        }
      }),
    );
    await untilEnded(home.path, [...stream.sha256s.keys()]);
  };

  // Twice: as many sessions as JSONL files are kept open (64).
  await goOn('first', (round) => round >= 1);
  await goOn('warm', (round) => round >= 1);
  const before = {
    memory: await sabotage.measure(),
    resident: residentOf(pid),
    files: filesOf(pid),
  };
  let highest = before.resident;
  const watch = setInterval(() => {
    highest = Math.max(highest, residentOf(pid));
  }, 500);
  const deadline = Date.now() + LASTS_MS;
  // Looking at the heap takes memory, which is not given back at once.
  facts['resident MB after the first look at the heap'] = megabytes(residentOf(pid));
  await goOn('load', (round) => round >= ROUNDS && Date.now() >= deadline);
  clearInterval(watch);
  facts['handles before, and when the load has ended'] = `${before.files}, ${filesOf(pid)}`;
  await until('the handles to be those of before', () =>
    filesOf(pid) <= before.files + HANDLE_SLACK ? true : undefined,
  );
  const after = {
    memory: await sabotage.measure(),
    resident: residentOf(pid),
    files: filesOf(pid),
  };
  expect(await server.stop()).toBe(0);

  const rows = recorded(home.path);
  const inJsonl = marksInJsonl(home.path);
  const lost = [...stream.sha256s].filter(([mark, sha256]) => {
    const row: Row | undefined = rows.get(mark);
    return row?.outcome !== 'completed' || row.sha256 !== sha256 || !inJsonl.has(mark);
  });
  Object.assign(facts, {
    'streams at once': STREAMS,
    'exchanges sent': stream.sha256s.size,
    'found in both records': stream.sha256s.size - lost.length,
    failed: stream.failed,
    'bytes compared': stream.bytes,
    'handles before': before.files,
    'handles after': after.files,
    'resident MB before': megabytes(before.resident),
    'resident MB at most': megabytes(Math.max(highest, after.resident)),
    'resident MB after': megabytes(after.resident),
    ...Object.fromEntries(
      Object.entries(after.memory).map(([role, measure]) => [
        `heap MB of ${role}`,
        `${megabytes(before.memory[role as 'main'].heapUsed)} → ${megabytes(measure.heapUsed)}`,
      ]),
    ),
  });
  const reasons = new Set(lost.map(([mark]) => JSON.stringify(rows.get(mark) ?? 'no row')));
  expect([stream.failed, [...reasons].slice(0, 5), integrity(home.path)]).toEqual([0, [], 'ok']);
  for (const role of ['main', 'proxy', 'recorder'] as const) {
    const [first, last] = [before.memory[role], after.memory[role]];
    expect([role, grown(first, last)]).toEqual([role, []]);
    expect(last.heapUsed + last.external - first.heapUsed - first.external).toBeLessThan(
      HEAP_SLACK,
    );
  }
}, 3_600_000);

/** Classes of which there are many more objects than before. */
function grown(before: Measure, after: Measure): string[] {
  return Object.entries(after.classes ?? {})
    .map(([name, count]) => ({ name, more: count - (before.classes?.[name] ?? 0) }))
    .filter(({ more }) => more > CLASS_SLACK)
    .map(({ name, more }) => `${name}: ${more} more`);
}

function filesOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

function residentOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? 0) * 1024;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
