/**
 * Aligned columns that fit the terminal: when a row would be too wide, the widest column gives way.
 * Cells are made safe here, so no caller can forget it. Pure.
 */
import { safeLine } from '../../core/text.ts';
import { cutToWidth, displayWidth } from '../../core/width.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'right';
}

const GAP = '  ';
const MIN_WIDTH = 4;
/** No cell is longer, not even without a terminal. */
const MAX_CELL_LENGTH = 1000;

/** Title line and rows; `columns` is the terminal's width, or Infinity. */
export function renderTable(
  head: readonly Column[],
  rows: readonly (readonly string[])[],
  columns: number,
): string[] {
  const cells = [head.map(({ title }) => title), ...rows].map((row) =>
    head.map((_column, index) => safeLine((row[index] ?? '').slice(0, MAX_CELL_LENGTH))),
  );
  const natural = head.map((_column, index) =>
    Math.max(...cells.map((row) => displayWidth(row[index] ?? ''))),
  );
  const widths = fitWidths(natural, columns - GAP.length * (head.length - 1));
  return cells.map((row) =>
    row
      .map((cell, index) => alignCell(cell, widths[index] ?? 0, head[index]))
      .join(GAP)
      .trimEnd(),
  );
}

/** Takes one column after the other from the widest until all fit. */
function fitWidths(natural: readonly number[], available: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, 0) - available;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= MIN_WIDTH) break;
    widths[widths.lastIndexOf(widest)] = widest - 1;
    excess -= 1;
  }
  return widths;
}

function alignCell(cell: string, width: number, column: Column | undefined): string {
  const text = cutToWidth(cell, width);
  const space = ' '.repeat(width - displayWidth(text));
  return column?.align === 'right' ? space + text : text + space;
}
