import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from '../../src/core/nearest.ts';

describe('nearest', () => {
  it('finds what was meant, and nothing when nothing was near', () => {
    expect(nearest('prot', ['host', 'port'])).toBe('port');
    expect(nearest('LUNAROUTE_SESION_DIR', ['LUNAROUTE_SESSIONS_DIR'])).toBe(
      'LUNAROUTE_SESSIONS_DIR',
    );
    expect(nearest('banana', ['host', 'port'])).toBeNull();
    expect(nearest('x'.repeat(1_000_000), ['host'])).toBeNull();
  });

  it('the distance is symmetric, 0 only for equal words, and at most the longer length', () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});
