import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderTable } from '../../../src/cli/view/table.ts';
import { displayWidth } from '../../../src/core/width.ts';

const HEAD = [{ title: 'NAME' }, { title: 'COUNT', align: 'right' as const }];

describe('renderTable', () => {
  it('aligns', () => {
    const rows = [
      ['a', '1'],
      ['月光', '1,000'],
    ];
    expect(renderTable(HEAD, rows, Number.POSITIVE_INFINITY)).toEqual([
      'NAME  COUNT',
      'a         1',
      '月光  1,000',
    ]);
  });

  it('the widest column gives way', () => {
    expect(renderTable(HEAD, [['a long name of a session', '12']], 20)).toEqual([
      'NAME           COUNT',
      'a long name …     12',
    ]);
  });

  it('no row is wider than the terminal, or carries a control character', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\u001b]52;c;x\u0007', 'a\nb', '\u202e', '\u009b2J', '漢字漢字漢字漢字漢字'),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell)),
        fc.integer({ min: 12, max: 60 }),
        (rows, columns) => {
          const lines = renderTable(HEAD, rows, columns);
          expect(lines).toHaveLength(rows.length + 1);
          for (const line of lines) {
            expect(displayWidth(line)).toBeLessThanOrEqual(columns);
            // biome-ignore lint/suspicious/noControlCharactersInRegex: -- their absence is the point
            expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
          }
        },
      ),
    );
  });
});
