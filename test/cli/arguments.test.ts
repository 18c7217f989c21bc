import { describe, expect, it } from 'vitest';
import { parseCount, parseOffset, parseSince } from '../../src/cli/arguments.ts';

const NOW = new Date(2026, 10, 24, 12).getTime();

describe('arguments', () => {
  it.each([
    ['30m', NOW - 30 * 60_000],
    ['2h', NOW - 2 * 3_600_000],
    ['1w', NOW - 7 * 86_400_000],
    ['2026-11-01', new Date(2026, 10, 1).getTime()],
    ['2026-11-01T10:00:00Z', Date.UTC(2026, 10, 1, 10)],
  ])('since %s', (text, at) => expect(parseSince(text, NOW)).toBe(at));

  it.each(['', 'yesterday', '5', '2y', '2026-13-40', '-1h'])('no time: %j', (text) => {
    expect(() => parseSince(text, NOW)).toThrow(/expected 30m/);
  });

  it.each(['0', '-1', '1.5', 'x', '', '1e3', '9999999'])('no count: %j', (text) => {
    expect(() => parseCount(text)).toThrow(/from 1 to/);
  });

  it('an offset may be 0', () => {
    expect([parseOffset('0'), parseCount('12')]).toEqual([0, 12]);
  });
});
