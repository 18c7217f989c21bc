import fc from 'fast-check';
import { expect, it } from 'vitest';
import { usageOfText, usageText } from '../../../src/store/sqlite/usage-text.ts';

const usage = {
  input_tokens: 900,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 81_234,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  output_tokens: 321,
  service_tier: 'standard',
};

it('gives every object back, and takes little room', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const stored = JSON.parse(JSON.stringify(value));
      expect(usageOfText(usageText(stored))).toEqual(stored);
    }),
  );
  expect(usageOfText(usageText(usage))).toEqual(usage);
  expect(usageText(usage)?.length).toBeLessThan(JSON.stringify(usage).length / 2);
});

it('reads the plain JSON of earlier versions', () => {
  expect(usageOfText(JSON.stringify(usage))).toEqual(usage);
  expect(usageOfText(null)).toBeNull();
});

it('gives back what is larger than any real usage: a hostile answer must not make its session unreadable', () => {
  const large = { input_tokens: 1, note: 'a'.repeat(3 * 1024 * 1024) };
  expect(usageOfText(usageText(large))).toEqual(large);
});
