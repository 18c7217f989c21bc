import { expect, it } from 'vitest';
import { emptyStats } from '../../src/core/stats.ts';
import { NO_USAGE } from '../../src/core/usage.ts';
import { verdict } from '../../src/demo/verdict.ts';

const usage = { ...NO_USAGE, input: 1000, output: 20 };
const sent = { requests: 3, failed: 1, usage };
const recorded = { ...emptyStats(null), requests: 3, outcomes: { completed: 2, failed: 1 }, usage };

it('is right when the numbers are the same, played out or stopped', () => {
  for (const planned of [3, null]) expect(verdict(sent, recorded, planned).isRight).toBe(true);
});

it.each([
  ['a token too few', { ...recorded, usage: { ...usage, output: 19 } }],
  ['a failure that was recorded as a success', { ...recorded, outcomes: { completed: 3 } }],
  ['an exchange too many', { ...recorded, requests: 4 }],
  ['nothing at all', null],
])('is wrong about %s', (_name, stats) => {
  const { isRight, text } = verdict(sent, stats, 3);
  expect([isRight, text]).toEqual([false, expect.stringContaining('recorded were')]);
});

it('is wrong where agents gave up, however well what they did agrees', () => {
  const { isRight, text } = verdict(sent, recorded, 12);
  expect([isRight, text]).toEqual([false, expect.stringContaining('3 of 12 requests')]);
});
