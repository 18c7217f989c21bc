import { expect, it } from 'vitest';
import { RestartBudget } from '../../../src/cli/server/restart-budget.ts';

it('at once, then slower and slower, then never; old deaths are forgiven', () => {
  let now = 0;
  const budget = new RestartBudget(() => now);
  const pauses = Array.from({ length: 6 }, () => budget.nextPause());
  expect(pauses).toEqual([0, 100, 200, 400, 800, null]);
  now = 61_000;
  expect(budget.nextPause()).toBe(0);
});
