import { describe, expect, it } from 'vitest';
import {
  costCell,
  countCell,
  durationCell,
  shareCell,
  textCell,
} from '../../../src/cli/view/cells.ts';
import { type Sheet, sheetCsv, sheetLines } from '../../../src/cli/view/sheet.ts';

const sheet: Sheet = {
  columns: [
    { title: 'NAME', name: 'name' },
    { title: 'N', name: 'n', align: 'right' },
    { title: 'T', name: 'ms' },
  ],
  rows: [
    [textCell('a, "b"\nc'), countCell(1234), durationCell(1500)],
    [textCell('=cmd()'), countCell(null), durationCell(null)],
    [textCell('\u001b]0;x'), countCell(0), shareCell(0.5)],
  ],
  notes: ['a note'],
  json: null,
};

describe('a sheet', () => {
  it('is a table for a person', () => {
    expect(sheetLines(sheet, 80)).toEqual([
      'NAME            N  T',
      'a, "b" c    1,234  1.5s',
      '=cmd()    unknown  unknown',
      '␛]0;x           0  50.0%',
      '',
      'a note',
    ]);
  });

  it('is CSV for a program: quoted, without formulas and controls, empty where unknown', () => {
    expect(sheetCsv(sheet)).toEqual([
      'name,n,ms',
      '"a, ""b"" c",1234,1500',
      "'=cmd(),,",
      '␛]0;x,0,0.5',
    ]);
  });

  it('money says how sure it is', () => {
    const sum = { nanoUsd: 12_345_678, exact: 1, estimated: 0, unpriced: 0 };
    expect(costCell(sum)).toEqual({ text: '$0.0123', value: 0.012345678 });
    expect(costCell({ ...sum, estimated: 1 }).text).toBe('~$0.0123');
    expect(costCell({ ...sum, unpriced: 1 }).text).toBe('≥ $0.0123');
    expect(costCell({ ...sum, exact: 0 })).toEqual({ text: 'unknown', value: null });
  });
});
