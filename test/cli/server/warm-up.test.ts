// Days of a large history are added up before anybody asks; a small one is left alone, and so is all
// once the server ends.
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepWarm } from '../../../src/cli/server/warm-up.ts';
import type { History } from '../../../src/core/ports.ts';
import { openHistory } from '../../../src/store/history/sqlite-history.ts';
import { until } from '../../helpers/program.ts';
import { endItem, makeSink, requestItem, tempFolder } from '../../helpers/store-items.ts';

const DAY = 86_400_000;
let history: History;
let end: () => void = () => {};

beforeEach(() => {
  // No day ends meanwhile.
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-03-04T12:00') });
  const path = join(tempFolder(), 'sessions.db');
  const sink = makeSink(path);
  for (let days = 1; days < 5; days += 1) {
    const item = requestItem({ id: `e${days}`, startedAt: Date.now() - days * DAY });
    sink.write([item, endItem(item.request)]);
  }
  sink.close();
  history = openHistory(path);
});
afterEach(() => {
  end();
  history.close();
  vi.useRealTimers();
});

/** A file of that size; what is read is the history beside it. */
function fileOf(bytes: number): string {
  const path = join(tempFolder(), 'sessions.db');
  writeFileSync(path, '');
  truncateSync(path, bytes);
  return path;
}

it('leaves nothing to add up in a large history', async () => {
  const rollUp = vi.spyOn(history, 'rollUp');
  const activity = vi.spyOn(history, 'activity');
  end = keepWarm(() => history, fileOf(64 * 1024 * 1024));
  await until('all spans and days', () => activity.mock.calls.length === 30 || undefined, 60_000);
  expect(rollUp).toHaveBeenCalledTimes(3);
  expect([...history.rollUp(0)]).toEqual([]);
});

it('neither opens a small history nor works on once the server ends', async () => {
  const open = vi.fn(() => history);
  const endSmall = keepWarm(open, fileOf(1024));
  keepWarm(open, fileOf(64 * 1024 * 1024))();
  await sleep(3000);
  endSmall();
  expect(open).not.toHaveBeenCalled();
});
