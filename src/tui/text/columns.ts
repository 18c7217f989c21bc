/**
 * Columns of a list: which fit a width, how wide each is, and a row's cells joined to one line.
 * Narrow terminals lose the least important columns first; what is left over goes to the last one.
 */
import type { Style, Theme } from '../theme.ts';
import { type Align, fitCell } from './cells.ts';

export interface Column<Item> {
  readonly title: string;
  readonly width: number;
  /** The width it may shrink to; `width` when left out. */
  readonly min?: number;
  readonly align?: Align;
  /** Higher goes first when there is no room; 0 never goes. */
  readonly rank: number;
  readonly cell: (item: Item) => string;
  readonly style?: (item: Item) => Style | null;
  /** Colours the cell by this id instead. */
  readonly tintBy?: (item: Item) => string;
}

export interface PlacedColumn<Item> extends Column<Item> {
  readonly shown: number;
  /** First screen column, from 0. */
  readonly at: number;
}

/** The selected row's sign; it needs no colour. */
const MARK_WIDTH = 2;

export function placeColumns<Item>(
  columns: readonly Column<Item>[],
  width: number,
): PlacedColumn<Item>[] {
  const room = width - MARK_WIDTH;
  let kept = [...columns];
  const least = (): number => kept.reduce((sum, column) => sum + minOf(column) + 1, -1);
  while (least() > room && kept.some(({ rank }) => rank > 0)) {
    const highest = Math.max(...kept.map(({ rank }) => rank));
    kept = kept.filter(({ rank }) => rank !== highest);
  }
  return spread(kept, room - least());
}

/** Gives what is left over from left to right up to each width, and the rest to the last column. */
function spread<Item>(columns: readonly Column<Item>[], left: number): PlacedColumn<Item>[] {
  let spare = Math.max(0, left);
  let at = MARK_WIDTH;
  return columns.map((column, index) => {
    const isLast = index === columns.length - 1;
    const extra = isLast ? spare : Math.min(spare, column.width - minOf(column));
    spare -= extra;
    const shown = minOf(column) + extra;
    const placed = { ...column, shown, at };
    at += shown + 1;
    return placed;
  });
}

function minOf<Item>(column: Column<Item>): number {
  return column.min ?? column.width;
}

export function headLine<Item>(
  columns: readonly PlacedColumn<Item>[],
  theme: Theme,
  arrows: Readonly<Record<string, string>> = {},
): string {
  const cells = columns.map(({ title, shown, align }) =>
    fitCell(`${title}${arrows[title] ?? ''}`, shown, align),
  );
  return theme.paint(`  ${cells.join(' ')}`, 'bold');
}

export function rowLine<Item>(
  columns: readonly PlacedColumn<Item>[],
  item: Item,
  theme: Theme,
  isSelected: boolean,
): string {
  const cells = columns.map((column) => {
    const text = fitCell(column.cell(item), column.shown, column.align);
    if (isSelected) return text;
    if (column.tintBy !== undefined) return theme.tint(text, column.tintBy(item));
    return theme.paint(text, column.style?.(item) ?? null);
  });
  const line = `${isSelected ? '> ' : '  '}${cells.join(' ')}`;
  return isSelected ? theme.paint(line, 'inverse') : line;
}
