// npm run bench:api -- [--exchanges N] [--sessions N] [--rounds N] [--keep FOLDER] [--only WORD]
// How long each call of the web API takes on a large history, over HTTP to the built program, with other
// words in every round. Limit: 150 ms for the 95th percentile. `CPU` is the time that the thread which
// answers spent on a call: on a busy machine it says more than the clock. --keep builds the history in a
// folder, or uses the one that is there.
import { parseArgs } from 'node:util';
import { machine } from './figures.ts';
import { serveHistory } from './history/serve.ts';
import { cpuSince, threadCpu } from './process.ts';
import { table } from './stats.ts';

const { values: flags } = parseArgs({
  options: {
    exchanges: { type: 'string', default: '1000000' },
    sessions: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '20' },
    keep: { type: 'string' },
    only: { type: 'string', default: '' },
  },
});
const LIMIT_MS = 150;
const HEAD = ['call', 'p50 ms', 'p95 ms', 'max ms', 'CPU p50', 'CPU p95', 'CPU max', 'kB', ''];
const DAY = 86_400_000;
const exchanges = Number(flags.exchanges);
const sessions = Number(flags.sessions);
const rounds = Number(flags.rounds);

console.log(machine());
const server = await serveHistory(flags.keep ?? null, { exchanges, sessions });
try {
  console.log(`${exchanges} exchanges in ${sessions} sessions`);
  const rows = [];
  for (const [name, path] of calls(Date.now())) {
    if (!name.includes(flags.only)) continue;
    const row = await measure(name, `${server.url}/api/v1`, path, server.pid);
    console.error(row.join('  '));
    rows.push(row);
  }
  console.log(table(HEAD, rows));
} finally {
  server.stop();
}

type Path = (round: number) => string;

/** Paths differ from round to round where a person's would. */
function calls(now: number): [string, Path][] {
  const session = (round: number): string => `session-${1 + ((round * 7919) % sessions)}`;
  const exchange = (round: number): string =>
    `exchange-${String(1 + ((round * 104_729) % exchanges)).padStart(8, '0')}`;
  const orders = ['activity', 'started', 'cost', 'requests', 'input', 'cache', 'tools', 'errors'];
  const words = [
    'parser',
    'migration database',
    '"stream token"',
    'schema12',
    'retry sock*',
    'number',
  ];
  const pick = (list: readonly string[], round: number): string => list[round % list.length] ?? '';
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const list: [string, Path][] = [
    ['overview', () => '/overview'],
    ['sessions', () => '/sessions?limit=200'],
    ['sessions, sorted', (n) => `/sessions?limit=200&sort=${pick(orders, n)}`],
    ['sessions, filtered', (n) => `/sessions?q=${encodeURIComponent(pick(words, n))}&model=opus`],
    ['sessions, rare filter', (n) => `/sessions?q=schema${n * 37}&sort=cost`],
    [
      'sessions, far page',
      (n) => `/sessions?limit=200&cursor=${cursor([now - (n + 1) * 2 * DAY, 'session-1'])}`,
    ],
    ['session', (n) => `/sessions/${session(n)}`],
    ['session exchanges', (n) => `/sessions/${session(n)}/exchanges?limit=500`],
    ['session tools', (n) => `/sessions/${session(n)}/tools`],
    ['session cache', (n) => `/sessions/${session(n)}/cache`],
    ['exchanges', () => '/exchanges?limit=100'],
    ['exchanges, far page', (n) => `/exchanges?cursor=${cursor([now - (n + 1) * 2 * DAY, 'x'])}`],
    ['exchange', (n) => `/exchanges/${exchange(n)}`],
    ['exchange request', (n) => `/exchanges/${exchange(n)}/request`],
    ['exchange diff', (n) => `/exchanges/${exchange(n)}/diff`],
    ['search', (n) => `/search?q=${encodeURIComponent(pick(words, n))}&limit=100`],
    ['limits', () => '/limits'],
    ['config', () => '/config'],
    ['openapi.json', () => '/openapi.json'],
  ];
  for (const [span, days] of [
    ['today', 0],
    ['7 days', 7],
    ['30 days', 30],
    ['all', null],
  ] as const) {
    const since = days === null ? '' : `since=${midnight - days * DAY}`;
    for (const name of ['models', 'clients', 'tools', 'stats', 'latency']) {
      list.push([`${name}, ${span}`, () => `/${name}?${since}`]);
    }
    for (const by of ['day', 'project', 'session']) {
      list.push([`costs by ${by}, ${span}`, () => `/costs?by=${by}&${since}`]);
    }
    const step = days === 0 ? 'hour' : 'day';
    if (days !== null) {
      list.push([`usage, ${span}`, () => `/usage?from=${midnight - days * DAY}&step=${step}`]);
    }
  }
  return list;
}

function cursor(place: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

async function measure(name: string, base: string, path: Path, pid: number): Promise<string[]> {
  const times: number[] = [];
  const cpu: number[] = [];
  let bytes = 0;
  for (let round = 0; round < rounds; round += 1) {
    const before = threadCpu(pid);
    const began = performance.now();
    const response = await fetch(`${base}${path(round)}`);
    bytes = (await response.arrayBuffer()).byteLength;
    times.push(performance.now() - began);
    cpu.push(cpuSince(pid, before).main);
    if (!response.ok) throw new Error(`${path(round)} answered ${response.status}`);
  }
  const figures = [...spread(times), ...spread(cpu)].map((time) => time.toFixed(1));
  const isSlow = (spread(times)[1] ?? 0) > LIMIT_MS;
  return [name, ...figures, (bytes / 1000).toFixed(1), isSlow ? 'TOO SLOW' : ''];
}

/** Median, 95th percentile, maximum. */
function spread(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return [0.5, 0.95, 1].map((share) => sorted[Math.ceil(sorted.length * share) - 1] ?? 0);
}
