// What the screens ask of the history.
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { History } from '../../../src/core/ports.ts';
import { openHistory } from '../../../src/store/history/sqlite-history.ts';
import { NOW, recordSessions } from '../../helpers/screen-history.ts';
import { makeSink, tempFolder } from '../../helpers/store-items.ts';

let history: History;

beforeEach(() => {
  const path = join(tempFolder(), 'sessions.db');
  recordSessions(makeSink(path), 20);
  history = openHistory(path);
  return () => history.close();
});

describe('timeline', () => {
  it('pages from the newest back without losing or repeating one', () => {
    const seen: string[] = [];
    let before: { startedAt: number; id: string } | undefined;
    for (;;) {
      const page = history.timeline({ limit: 7, ...(before === undefined ? {} : { before }) });
      if (page.length === 0) break;
      seen.push(...page.map(({ id }) => id));
      before = page.at(-1);
    }
    expect(seen).toHaveLength(40);
    expect(new Set(seen).size).toBe(40);
    expect(seen[0]).toBe('second-0');
  });

  it('gives one session, with what a list shows', () => {
    const lines = history.timeline({ sessionId: '0000beef-session', limit: 10 });
    expect(lines.map(({ id }) => id)).toEqual(['second-0', 'first-0']);
    expect(lines[1]).toMatchObject({
      outcome: 'completed',
      status: 200,
      model: 'claude-opus-5-5',
      toolNames: ['Bash'],
      usage: { input: 8000, cacheRead: 6500 },
      durationMs: 1000,
    });
  });
});

it('activity of two spans adds up to that of both', () => {
  const middle = NOW - 50 * 60_000;
  const [all, early, late] = [
    history.activity(0, NOW),
    history.activity(0, middle),
    history.activity(middle, NOW),
  ];
  expect(all.requests).toBe(40);
  expect(early.requests + late.requests).toBe(all.requests);
  expect((early.usage?.input ?? 0) + (late.usage?.input ?? 0)).toBe(all.usage?.input);
  expect(all.errors).toEqual([{ code: 'overloaded_error', count: 2 }]);
  expect(all.tools).toMatchObject([{ name: 'Bash', calls: 20 }]);
  expect(all.latency.reduce((sum, { count }) => sum + count, 0)).toBe(38);
  const { usage } = history.stats({});
  expect(all.usage).toEqual(usage);
});

it('sessions come in any order', () => {
  const byInput = history
    .sessions({ limit: 100, orderBy: 'input' })
    .map(({ usage }) => usage?.input ?? 0);
  expect(byInput).toEqual(byInput.toSorted((a, b) => b - a));
  const byErrors = history.sessions({ limit: 100, orderBy: 'errors' }).map(({ errors }) => errors);
  expect(byErrors.slice(0, 3)).toEqual([1, 1, 0]);
});

it('knows the bytes that tools moved, and what their definitions take', () => {
  const [bash] = history.toolSizes('0000beef-session');
  expect(bash).toMatchObject({ name: 'Bash', argumentBytes: 22, resultBytes: 21 });
  expect(bash?.definitionBytes).toBeGreaterThan(50);
  expect(bash?.definitionTokens).toBeGreaterThan(50);
  expect(history.toolSizes('nobody')).toEqual([]);
});

it('lists the words of the index by their beginning, and none for nothing', () => {
  expect(history.words('mig', 10)).toEqual(['migration']);
  expect(history.words('MIG', 10)).toEqual(['migration']);
  expect(history.words('', 10)).toEqual([]);
  expect(history.words('p', 1)).toHaveLength(1);
});
