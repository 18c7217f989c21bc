import fc from 'fast-check';
import { expect, test } from 'vitest';
import { usageOf } from '../../../src/dialects/anthropic-messages/usage.ts';

test('cache writes without a split count as 5 minutes', () => {
  const wire = { input_tokens: 10, cache_creation_input_tokens: 500, output_tokens: 3 };
  expect(usageOf(wire)).toEqual({
    input: 510,
    cacheRead: 0,
    cacheWrite5m: 500,
    cacheWrite1h: 0,
    output: 3,
    reasoning: 0,
  });
});

test('a split that explains only some of the writes leaves the rest at 5 minutes', () => {
  const wire = {
    input_tokens: 0,
    cache_creation_input_tokens: 500,
    cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 150 },
  };
  expect(usageOf(wire)).toMatchObject({ input: 500, cacheWrite5m: 350, cacheWrite1h: 150 });
});

test('no counts is no usage, zeros are', () => {
  expect(usageOf(null)).toBeNull();
  expect(usageOf({ service_tier: 'standard' })).toBeNull();
  expect(usageOf({ input_tokens: 0, output_tokens: 0 })).toMatchObject({ input: 0, output: 0 });
});

test('whatever a provider sends, parts never exceed their totals', () => {
  const count = fc.oneof(
    fc.nat(1_000_000),
    fc.constantFrom(null, -3, 0.5, Number.POSITIVE_INFINITY, '7'),
  );
  const wire = fc.record(
    {
      input_tokens: count,
      output_tokens: count,
      cache_read_input_tokens: count,
      cache_creation_input_tokens: count,
      cache_creation: fc.record({
        ephemeral_5m_input_tokens: count,
        ephemeral_1h_input_tokens: count,
      }),
      output_tokens_details: fc.record({ thinking_tokens: count }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(wire, (sent) => {
      const usage = usageOf(sent);
      if (usage === null) return;
      const parts = usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
      expect(parts).toBeLessThanOrEqual(usage.input);
      expect(usage.reasoning).toBeLessThanOrEqual(usage.output);
      for (const tokens of Object.values(usage)) expect(tokens).toBeGreaterThanOrEqual(0);
    }),
  );
});
