import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasLongRun, withoutNoise } from '../../../src/store/search/noise.ts';

describe('withoutNoise', () => {
  it('leaves out a long run, and lines of shorter ones, and nothing else', () => {
    const word = (length: number): string => 'aB3_+/=-'.repeat(20).slice(0, length);
    expect(withoutNoise(`key ${word(128)} end`)).toBe('key   end');
    expect(withoutNoise(`key ${word(60)}\n${word(76)} end`)).toBe('key   end');
    const kept = `key ${word(127)}, ${word(59)}\n${word(76)} end`;
    expect(withoutNoise(kept)).toBe(kept);
  });

  it('sees a run of 60 wherever it stands', () => {
    const piece = fc.tuple(fc.integer({ min: 0, max: 140 }), fc.constantFrom(' ', '\n', '.', 'é'));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.map(([length, end]) => 'x'.repeat(length) + end).join('');
        expect(hasLongRun(text)).toBe(/[\w+/=-]{60}/.test(text));
      }),
    );
  });
});
