import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCounted } from '../../../src/core/stats.ts';
import type { Usage } from '../../../src/core/usage.ts';
import {
  type Countable,
  SUM_COLUMNS,
  subtractSums,
  sumsOf,
} from '../../../src/store/sqlite/sums.ts';

const usage: Usage = {
  input: 10,
  cacheRead: 4,
  cacheWrite5m: 3,
  cacheWrite1h: 2,
  output: 7,
  reasoning: 5,
};
const ended: Countable = {
  auxiliary: null,
  hasDialect: true,
  outcome: 'completed',
  status: 200,
  usage,
  cost: null,
  timing: { ended: 900, overhead: 2 },
  toolCalls: 3,
};

describe('sumsOf', () => {
  it('counts an exchange once, with all its tokens', () => {
    expect(sumsOf(ended)).toEqual({
      error_count: 0,
      completed_count: 1,
      failed_count: 0,
      incomplete_count: 0,
      aborted_count: 0,
      interrupted_count: 0,
      usage_count: 1,
      unknown_usage_count: 0,
      input_tokens: 10,
      output_tokens: 7,
      cache_read_tokens: 4,
      cache_write_5m_tokens: 3,
      cache_write_1h_tokens: 2,
      reasoning_tokens: 5,
      cost_nano_usd: 0,
      exact_cost_count: 0,
      estimated_cost_count: 0,
      tool_call_count: 3,
      timed_count: 1,
      total_ms: 900,
      overhead_ms: 2,
    });
  });

  it('does not take a half measured exchange into the ratio of overhead to total', () => {
    for (const timing of [
      { ended: null, overhead: 2 },
      { ended: 9, overhead: null },
    ]) {
      expect(sumsOf({ ...ended, timing })).toMatchObject({
        timed_count: 0,
        total_ms: 0,
        overhead_ms: 0,
      });
    }
  });

  it('counts nothing but tokens and calls of a helper call that is no request', () => {
    expect(
      [null, 'title', 'probe', 'warm-up', 'count-tokens'].map((one) => isCounted(one as null)),
    ).toEqual([true, true, true, false, false]);
    const sums = sumsOf({ ...ended, auxiliary: 'warm-up', usage: null });
    expect(SUM_COLUMNS.filter((column) => sums[column] !== 0)).toEqual(['tool_call_count']);
  });

  it('does not miss the usage of what has none', () => {
    expect(sumsOf({ ...ended, usage: null, hasDialect: false }).unknown_usage_count).toBe(0);
  });
});

it('what is taken away again leaves nothing', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (input, output) => {
      const sums = sumsOf({ ...ended, usage: { ...usage, input, output } });
      expect(Object.values(subtractSums(sums, sums)).every((value) => value === 0)).toBe(true);
    }),
  );
});
