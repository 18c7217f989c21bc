import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold, parseQuery } from '../../../src/store/search/query.ts';

describe('parseQuery', () => {
  it('quotes everything', () => {
    expect(parseQuery('foo_bar "two words"* x* AND')?.match).toBe(
      '"foo bar" AND "two words" * AND "x" * AND "and"',
    );
  });

  it('is bounded', () => {
    expect(parseQuery('word '.repeat(10_000))?.terms).toHaveLength(32);
  });
});

describe('fold', () => {
  it('keeps every place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fold(text)).toHaveLength(text.length);
      }),
    );
    expect(fold('ÉCOLE İ Straße')).toBe('ecole i straße');
  });
});
