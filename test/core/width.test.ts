import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cutToWidth, displayWidth } from '../../src/core/width.ts';

it.each([
  ['', 0],
  ['abc', 3],
  ['月光路', 6],
  ['ｆｕｌｌ', 8],
  ['한국', 4],
  ['é', 1],
  ['e\u0301', 1],
  ['🌙', 2],
  ['👩‍👩‍👧', 2],
  ['🇩🇪', 2],
  ['⚠️', 2],
  ['…—×', 3],
])('%s takes %d columns', (text, width) => expect(displayWidth(text)).toBe(width));

it('a cut text fits, is a beginning, and never ends in half a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, columns) => {
      const cut = cutToWidth(text, columns);
      expect(displayWidth(cut)).toBeLessThanOrEqual(columns);
      const isWhole = displayWidth(text) <= columns;
      expect(isWhole ? cut === text : text.startsWith(cut.replace(/…$/, ''))).toBe(true);
    }),
  );
});
