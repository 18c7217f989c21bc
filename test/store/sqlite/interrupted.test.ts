import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { openHistory } from '../../../src/store/history/sqlite-history.ts';
import { endItem, makeSink, requestItem, tempFolder } from '../../helpers/store-items.ts';

let path: string;

beforeEach(() => {
  path = join(tempFolder(), 'sessions.db');
});

/** As if the run `instance` belonged to another process. */
function giveRun(
  instance: string,
  changes: { pid: number; host?: string; startedAt?: number },
): void {
  const database = new Sqlite(path);
  database
    .prepare('UPDATE runs SET pid = ?, host = coalesce(?, host), started_at = ? WHERE instance = ?')
    .run(changes.pid, changes.host ?? null, changes.startedAt ?? Date.now() + 1e6, instance);
  database.close();
}

function outcomes() {
  const history = openHistory(path);
  const ends = history
    .exchanges('session-1', { limit: 10, offset: 0 })
    .map((one) => one.end?.outcome ?? null);
  const { requests, unknownUsage } = history.session('session-1') ?? {};
  const stats = history.stats({ sessionId: 'session-1' });
  expect(history.stats({ sessionId: 'session-1', since: 0 })).toEqual(stats);
  history.close();
  return { ends, requests, unknownUsage, sums: stats.outcomes };
}

const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;

describe('exchanges left open', () => {
  it('by a process that is gone become interrupted', () => {
    makeSink(path, 'old').write([requestItem()]);
    giveRun('old', { pid: deadPid() });
    makeSink(path, 'new').write([]);
    expect(outcomes()).toEqual({
      ends: ['interrupted'],
      requests: 1,
      unknownUsage: 1,
      sums: { interrupted: 1 },
    });
  });

  it.each([
    ['before the machine started', { pid: process.ppid, startedAt: 1_000 }],
    ['in an earlier container', { pid: process.ppid, host: 'earlier-container' }],
    ['under a process id that is now ours', { pid: process.pid }],
  ])('by a process %s become interrupted', (_, run) => {
    makeSink(path, 'old').write([requestItem()]);
    giveRun('old', run);
    makeSink(path, 'new').write([]);
    expect(outcomes().ends).toEqual(['interrupted']);
  });

  it('by a live process are left alone', () => {
    makeSink(path, 'other').write([requestItem()]);
    giveRun('other', { pid: process.ppid });
    makeSink(path, 'new').write([]);
    expect(outcomes().ends).toEqual([null]);
  });

  it('and ended after all are what they were', () => {
    const live = makeSink(path, 'live');
    const item = requestItem();
    live.write([item]);
    makeSink(path, 'wrong about it').write([]);
    expect(outcomes().ends).toEqual(['interrupted']);
    const usage = {
      input: 5,
      cacheRead: 0,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      output: 2,
      reasoning: 0,
    };
    live.write([endItem(item.request, { usage })]);
    expect(outcomes()).toEqual({
      ends: ['completed'],
      requests: 1,
      unknownUsage: 0,
      sums: { completed: 1 },
    });
  });

  it('at a clean close become interrupted at the next start', () => {
    const sink = makeSink(path, 'old');
    sink.write([requestItem()]);
    sink.close();
    makeSink(path, 'new').write([]);
    expect(outcomes().ends).toEqual(['interrupted']);
  });
});
