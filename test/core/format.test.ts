import { expect, it } from 'vitest';
import {
  formatBytes,
  formatClock,
  formatCount,
  formatDuration,
  formatTime,
} from '../../src/core/format.ts';

it.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [1234567, '1,234,567'],
])('count %d', (value, text) => expect(formatCount(value)).toBe(text));

it.each([
  [null, 'unknown'],
  [0, '0ms'],
  [45.4, '45ms'],
  [999.6, '1.0s'],
  [2300, '2.3s'],
  [59_949, '59.9s'],
  [59_960, '1m 0s'],
  [200_000, '3m 20s'],
  [7_500_000, '2h 5m'],
])('duration %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1200, '1.2 kB'],
  [40_000_000, '40.0 MB'],
])('bytes %d', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

it('times are local', () => {
  const at = new Date(2026, 10, 4, 7, 3, 9).getTime();
  expect(formatClock(at)).toBe('07:03:09');
  expect(formatTime(at)).toBe('2026-11-04 07:03');
});
