// npm run bench:history -- [--sessions N] [--folder F] [--seconds N]
// How fast a large history answers and how much room it takes: 10,000 sessions, 300,000 exchanges,
// 1.5 GB of text, built once in the folder (in portions of --seconds, if given), or the first N sessions.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDatabase } from '../../src/store/database.ts';
import { openHistory } from '../../src/store/history/sqlite-history.ts';
import { build, databaseOf } from './build.ts';

const { values: flags } = parseArgs({
  options: {
    sessions: { type: 'string', default: '10000' },
    folder: { type: 'string' },
    seconds: { type: 'string', default: '86400' },
  },
});
const size = { sessions: 10_000, days: 365 };
const sessions = Number(flags.sessions);
const folder = flags.folder ?? join(tmpdir(), 'lunaroute-history');
const DAY_MS = 86_400_000;
const ROUNDS = 5;

/** Common, rare, none; words, phrases, beginnings, parts of names and paths, filters. */
const QUERIES = [
  'const',
  'return',
  'session',
  'typeerror',
  'await function',
  'export interface',
  'the proxy',
  'history database',
  'cannot read properties',
  '"cannot read properties"',
  '"export function"',
  '"of undefined"',
  '"return null"',
  'sess*',
  'migr*',
  'src/ba*',
  'TypeError: cannot',
  'readonly_key',
  'src/session',
  'essionKey',
  'ndleReq',
  'zzzznone',
  'zzzz_none',
  '"no such phrase anywhere"',
  'const -return',
  'function role:assistant',
  'error tool:Bash',
  'stream model:gpt after:30d',
  'undefined error:yes',
  'path client:codex cost>0.01',
];

const state = build(folder, { ...size, until: sessions }, Number(flags.seconds));
if (state.sessions < sessions) {
  console.log(`${state.sessions} of ${sessions} sessions are built; run it again to go on`);
  process.exit(0);
}
const path = databaseOf(folder);
const { database } = openDatabase(path);
database.pragma('wal_checkpoint(TRUNCATE)');
database.close();
const bytes = statSync(path).size;
const history = openHistory(path);
const newest = history.sessions({ limit: 1 })[0];
const now = newest?.lastActivityAt ?? 0;
const session = newest?.sessionId ?? '';

console.log(
  `${state.sessions} sessions, ${state.exchanges} exchanges, ${mb(state.distinctBytes)} of text`,
);
figure('database / distinct text', bytes / state.distinctBytes, 1.2, '');
searches();
timed('sessions list', 50, () => history.sessions({ limit: 20 }));
timed('stats <id>', 30, () => history.stats({ sessionId: session }));
timed('stats --since 30d --by model', 150, () =>
  history.statsBy('model', { since: now - 30 * DAY_MS, limit: 50 }),
);
history.close();
const since = new Date(now - 30 * DAY_MS).toISOString().slice(0, 10);
command('sessions list, whole process', ['sessions', 'list']);
command('sessions search, whole process', ['sessions', 'search', 'typeerror']);
command('stats --by model, whole process', ['stats', '--since', since, '--by', 'model']);

function searches(): void {
  const all: number[] = [];
  for (const query of QUERIES) {
    const times = measure(() => history.search(query, { limit: 20, now }));
    all.push(...times);
    const hits = history.search(query, { limit: 20, now }).length;
    console.log(
      `  ${query.padEnd(32)} ${String(hits).padStart(2)} hits  ${median(times).toFixed(1)} ms`,
    );
  }
  all.sort((a, b) => a - b);
  figure('search, p50', all[Math.floor(all.length / 2)] ?? 0, null, 'ms');
  figure('search, p95', all[Math.floor(all.length * 0.95)] ?? 0, 100, 'ms');
}

function timed(name: string, target: number, run: () => unknown): void {
  figure(name, median(measure(run)), target, 'ms');
}

function command(name: string, args: readonly string[]): void {
  const main = join(import.meta.dirname, '..', '..', 'bin', 'lunaroute.cjs');
  const run = () =>
    spawnSync(process.execPath, [main, ...args, '--sessions-db', path], { stdio: 'ignore' });
  figure(name, median(measure(run)), 250, 'ms');
}

function measure(run: () => unknown): number[] {
  return Array.from({ length: ROUNDS }, () => {
    const began = performance.now();
    run();
    return performance.now() - began;
  });
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

function figure(name: string, value: number, target: number | null, unit: string): void {
  const limit = target === null ? '' : `  (at most ${target}${unit})`;
  console.log(`${name.padEnd(34)} ${value.toFixed(unit === '' ? 3 : 1)} ${unit}${limit}`);
}

function mb(count: number): string {
  return `${(count / 1e6).toFixed(0)} MB`;
}
