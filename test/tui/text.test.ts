import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../src/core/width.ts';
import { bar, columnChart } from '../../src/tui/text/bars.ts';
import { clip, fitCell } from '../../src/tui/text/cells.ts';
import { type Column, headLine, placeColumns, rowLine } from '../../src/tui/text/columns.ts';
import { markMatches } from '../../src/tui/text/mark.ts';
import { wrapText } from '../../src/tui/text/wrap.ts';
import { makeTheme } from '../../src/tui/theme.ts';

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));

describe('cells', () => {
  it('have exactly their width and no control, whatever the text', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 40 }), (text, width) => {
        const cell = fitCell(text, width);
        expect(displayWidth(cell)).toBe(width);
        expect(cell).not.toMatch(CONTROL);
        expect(displayWidth(clip(text, width))).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('say where they were cut, and align', () => {
    expect(fitCell('claude-opus', 8)).toBe('claude-~');
    expect(fitCell('42', 5, 'right')).toBe('   42');
  });
});

describe('wrapping', () => {
  it('loses nothing and never exceeds the width', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 8, max: 60 }), (text, width) => {
        const lines = wrapText(text, width);
        for (const line of lines) {
          expect(displayWidth(line)).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(CONTROL);
        }
      }),
    );
    expect(wrapText('one two three four', 9)).toEqual(['one two', 'three', 'four']);
    expect(wrapText('x'.repeat(20), 8).join('')).toBe('x'.repeat(20));
  });
});

describe('columns', () => {
  const columns: Column<string>[] = [
    { title: 'A', width: 10, rank: 0, cell: (item) => item },
    { title: 'B', width: 10, min: 4, rank: 2, cell: () => 'b' },
    { title: 'C', width: 5, rank: 0, align: 'right', cell: () => 'c' },
  ];
  const none = makeTheme('none');

  it('lose the least important first, and give what is left to the last', () => {
    expect(placeColumns(columns, 20).map(({ title }) => title)).toEqual(['A', 'C']);
    expect(placeColumns(columns, 60).map(({ shown }) => shown)).toEqual([10, 10, 36]);
  });

  it('rows are as wide as the screen, and the selected one has a sign', () => {
    const placed = placeColumns(columns, 40);
    expect(headLine(placed, none)).toHaveLength(40);
    expect(rowLine(placed, '漢字漢字漢字', none, true)).toMatch(/^> /);
    expect(displayWidth(rowLine(placed, '漢字漢字漢字', none, false))).toBe(40);
  });
});

it('bars are never empty for something, nor longer than their room', () => {
  expect(bar(1, 1_000_000, 10)).not.toBe('');
  expect(bar(0, 10, 10)).toBe('');
  expect(bar(10, 10, 4)).toBe('████');
  expect(columnChart([0, 1, 8], 2)).toEqual(['  █', ' ▂█']);
});

it('marks matches by quotes where there are no colours', () => {
  expect(markMatches('The Parser', ['parser'], makeTheme('none'))).toBe('The «Parser»');
  expect(markMatches('nothing', ['parser'], makeTheme('dark'))).toBeNull();
});
