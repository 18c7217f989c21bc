// Days that are over, added up once: whatever is asked, the sums are those of the exchanges themselves,
// also when something old changes afterwards.
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Part } from '../../../src/core/conversation.ts';
import type { History, Stats } from '../../../src/core/ports.ts';
import { openHistory } from '../../../src/store/history/sqlite-history.ts';
import { repriceHistory } from '../../../src/store/reprice.ts';
import type { SinkItem } from '../../../src/store/sink.ts';
import { deleteFromStores } from '../../../src/store/upkeep/upkeep.ts';
import { endItem, makeSink, requestItem, START, tempFolder } from '../../helpers/store-items.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = START + 10 * DAY;
const GROUPS = ['session', 'model', 'day', 'client', 'project'] as const;

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  // Its local days begin at half past an hour of UTC.
  vi.stubEnv('TZ', 'Asia/Kolkata');
});
afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

interface Made {
  readonly session: number;
  readonly hour: number;
  readonly model: number;
  readonly isOpen: boolean;
  readonly isFailed: boolean;
  readonly input: number | null;
}

const made = fc.array(
  fc.record({
    session: fc.nat(4),
    hour: fc.integer({ min: 0, max: 239 }),
    model: fc.nat(2),
    isOpen: fc.boolean(),
    isFailed: fc.boolean(),
    input: fc.option(fc.nat(1000)),
  }),
  { minLength: 1, maxLength: 40 },
);

/** Sessions of one name each hold what fell to them; session 4 is the hidden one. */
function itemsOf(list: readonly Made[], prefix = 'e'): SinkItem[] {
  return list.flatMap(({ session, hour, model, isOpen, isFailed, input }, index) => {
    const call: Part = {
      type: 'tool-call',
      id: `c-${prefix}${index}`,
      name: `tool${model}`,
      arguments: '{}',
    };
    const item = requestItem({
      id: `${prefix}${index}`,
      sessionId: session === 4 ? 'other' : `s${session}`,
      startedAt: START + hour * HOUR + index,
      model: `m${model}`,
      client: session === 1 ? 'codex' : 'claude-code',
      // Known with a later request than the first, at times.
      project: session === 2 && hour % 3 > 0 ? '/work' : null,
    });
    if (isOpen && hour % 5 === 0) return [item];
    const usage = {
      input: input ?? 0,
      output: 3,
      cacheRead: 1,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      reasoning: 0,
    };
    const end = endItem(item.request, {
      outcome: isFailed ? 'failed' : 'completed',
      status: isFailed ? 529 : 200,
      usage: input === null ? null : usage,
      cost: input === null ? null : { nanoUsd: input * 7, certainty: 'exact', priceVersion: 't' },
      parts: [call],
    });
    return [item, end];
  });
}

/** Sums of milliseconds depend on the order of adding: in whole microseconds they do not. */
function whole(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_name, one) =>
      typeof one === 'number' && !Number.isInteger(one) ? Math.round(one * 1000) / 1000 : one,
    ),
  );
}

function answers(history: History): unknown {
  const sinces = [undefined, 0, START + 1, START + 3 * DAY, NOW - 5 * DAY - 123, NOW - HOUR];
  const days = Array.from({ length: 12 }, (_, day) =>
    new Date(START + day * DAY).setHours(0, 0, 0, 0),
  );
  return whole({
    stats: sinces.map((since) => history.stats(since === undefined ? {} : { since })),
    groups: GROUPS.flatMap((by) =>
      sinces.map((since) =>
        history.statsBy(by, { limit: 50, ...(since !== undefined && { since }) }),
      ),
    ),
    days: days.map((day) =>
      history.activity(day, new Date(day).setDate(new Date(day).getDate() + 1)),
    ),
  });
}

function rolled(history: History): number {
  let steps = 0;
  for (const _ of history.rollUp(0)) steps += 1;
  return steps;
}

function fresh(path: string): unknown {
  const history = openHistory(path);
  try {
    return answers(history);
  } finally {
    history.close();
  }
}

describe('days that are over', () => {
  it('add up to what their exchanges say', () => {
    fc.assert(
      fc.property(made, made, (before, later) => {
        const path = join(tempFolder(), 'sessions.db');
        const sink = makeSink(path);
        sink.write(itemsOf(before));
        const history = openHistory(path);
        rolled(history);
        expect(answers(history)).toEqual(fresh(path));
        // Old and new ones come in, as by an import.
        sink.write(itemsOf(later, 'later'));
        expect(answers(history)).toEqual(fresh(path));
        rolled(history);
        expect(answers(history)).toEqual(fresh(path));
        history.close();
        sink.close();
      }),
      { numRuns: 8 },
    );
  }, 120_000);

  const old: readonly Made[] = Array.from({ length: 30 }, (_, index) => ({
    session: index % 4,
    hour: index * 7,
    model: index % 3,
    isOpen: false,
    isFailed: index % 6 === 5,
    input: 100 + index,
  }));

  it.each<[string, (path: string, write: (items: SinkItem[]) => void) => void]>([
    [
      'a session is deleted',
      (path) => {
        const places = { sqlitePath: path, jsonlDirectory: join(path, '../sessions') };
        for (const step of deleteFromStores(places, ['s1'])) void step;
      },
    ],
    [
      'prices change',
      (path) => {
        const price = () => ({ nanoUsd: 77, certainty: 'estimated', priceVersion: 'new' }) as const;
        expect(repriceHistory(path, { price, since: 0 }).changed).toBe(30);
      },
    ],
    [
      "a tool's result comes days later",
      (_path, write) => {
        const toolResults = [{ id: 'c-e0', bytes: 5, isError: true }];
        const item = requestItem({
          id: 'late',
          sessionId: 's0',
          startedAt: NOW - HOUR,
          toolResults,
        });
        write([item, endItem(item.request)]);
      },
    ],
    [
      'something new happens today',
      (_path, write) => write(itemsOf([{ ...old[0]!, hour: 239 }], 'today')),
    ],
  ])('are added up anew when %s', (_what, change) => {
    const path = join(tempFolder(), 'sessions.db');
    const sink = makeSink(path);
    sink.write(itemsOf(old));
    const history = openHistory(path);
    expect(rolled(history)).toBeGreaterThan(7);
    const before = answers(history);
    expect(before).toEqual(fresh(path));
    change(path, (items) => sink.write(items));
    const now = answers(history);
    expect(now).not.toEqual(before);
    expect(now).toEqual(fresh(path));
    rolled(history);
    expect(answers(history)).toEqual(now);
    history.close();
  });

  it('are rolled once', () => {
    const path = join(tempFolder(), 'sessions.db');
    makeSink(path).write(itemsOf(old));
    const history = openHistory(path);
    expect(rolled(history)).toBeGreaterThan(7);
    expect(rolled(history)).toBe(0);
    const { tools }: Stats = history.stats({ since: START });
    expect(tools.reduce((sum, { calls }) => sum + calls, 0)).toBe(30);
    history.close();
  });
});
