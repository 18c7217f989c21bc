import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compactJson, countField, jsonText } from '../../src/dialects/json.ts';

test('compacting changes white space between tokens only', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2, '\t'), (value, indent) => {
      expect(compactJson(JSON.stringify(value, null, indent))).toBe(JSON.stringify(value));
    }),
  );
  expect(compactJson('{"a": 1e400, "b" :  12345678901234567890}')).toBe(
    '{"a":1e400,"b":12345678901234567890}',
  );
  expect(compactJson('{"a": ')).toBe('{"a": ');
});

test('only whole, countable numbers are counts', () => {
  const counts = [0, 7, 2 ** 53 - 1].map((n) => countField({ n }, 'n'));
  expect(counts).toEqual([0, 7, 2 ** 53 - 1]);
  for (const n of [-1, 0.5, Number.POSITIVE_INFINITY, Number.NaN, 2 ** 53, '7', null, true, [1]]) {
    expect(countField({ n }, 'n')).toBeNull();
  }
});

test('a value too deep for JSON.stringify becomes a note', () => {
  const depth = 1_000_000;
  const deep: unknown = JSON.parse('['.repeat(depth) + ']'.repeat(depth));
  expect(jsonText(deep)).toBe('[nested too deeply to show]');
});
