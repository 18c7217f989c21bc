import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRecipe, encodeRecipe, type Piece } from '../../../src/store/segments/recipe.ts';

const piece: fc.Arbitrary<Piece> = fc.oneof(
  fc.integer({ min: 1, max: 2 ** 40 }),
  fc.uint8Array({ minLength: 1, maxLength: 40 }),
  fc.constant(Buffer.from(',')),
);

/** Neighbouring literals may be joined or split; what they spell may not change. */
function spell(pieces: readonly Piece[]): string {
  return pieces
    .map((one) => (typeof one === 'number' ? `<${one}>` : Buffer.from(one).toString('hex')))
    .join('');
}

describe('recipe', () => {
  it('gives back what was encoded', () => {
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(spell(decodeRecipe(encodeRecipe(pieces)))).toBe(spell(pieces));
      }),
    );
  });

  it('needs one byte for each of many consecutive references', () => {
    const pieces = Array.from({ length: 200 }, (_, index) => [Buffer.from(','), 5_000 + index]);
    expect(encodeRecipe(pieces.flat().slice(1)).length).toBeLessThan(210);
  });

  it('refuses bytes that end early', () => {
    const recipe = encodeRecipe([Buffer.from('literal'), 300, Buffer.from(','), 900]);
    expect(() => decodeRecipe(recipe.subarray(0, recipe.length - 1))).toThrow('ends early');
  });
});
