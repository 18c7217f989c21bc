import { expect, test } from 'vitest';
import { LATENCY_GROWTH, percentile } from '../../src/core/histogram.ts';

test('percentiles are within 5 % of the durations', () => {
  const durations = Array.from({ length: 1000 }, (_, index) => 100 + index * 10);
  const buckets = durations.map((ms) => ({
    bucket: Math.floor(Math.log(ms) / Math.log(LATENCY_GROWTH)),
    count: 1,
  }));
  for (const share of [0.5, 0.9, 0.99]) {
    const exact = durations[Math.ceil(share * 1000) - 1] ?? 0;
    const estimated = percentile(buckets, share) ?? 0;
    expect(Math.abs(estimated / exact - 1)).toBeLessThan(0.05);
  }
});

test('no durations, no percentile', () => {
  expect(percentile([], 0.5)).toBeNull();
});
