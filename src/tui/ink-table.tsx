/**
 * Small static tables, drawn by ink-table into lines of text. It measures cells by their length, so
 * cells are made plain and cut to fit first. Not for lists: every row takes two lines, and drawing one
 * table takes tens of milliseconds.
 *
 * ink-table is CommonJS and requires `ink`, which is an ES module with top-level await and cannot be
 * required: the build (scripts/ink-table-shim.mjs) gives it a shim that reads these two components.
 */
import { Box, renderToString, Text } from 'ink';
import inkTable from 'ink-table';
import type { ReactNode } from 'react';
import { clip } from './text/cells.ts';
import { plain } from './views/exchange-columns.ts';

const SHIM = Symbol.for('lunaroute.ink');
Reflect.set(globalThis, SHIM, { Box, Text });

/** Lines of the frame beside each cell: a border and two blanks. */
const CELL_FRAME = 3;
const MIN_CELL = 4;

const Table = inkTable.default;

export function drawInkTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const widths = fitWidths(columns, rows, width - 2);
  const data = rows.map((row) =>
    Object.fromEntries(
      columns.map((name, index) => {
        const cell = clip(plain(row[index] ?? ''), widths[index] ?? MIN_CELL);
        return [name, index === 0 ? cell : cell.padStart(widths[index] ?? 0)];
      }),
    ),
  );
  const text = renderToString(
    <Table data={data} columns={[...columns]} header={PlainCell} skeleton={PlainCell} />,
    { columns: width },
  );
  return text.split('\n').map((line) => ` ${line}`);
}

/** The frame without colours of its own: the theme may be `none`. */
function PlainCell({ children }: { children?: ReactNode }) {
  return <Text>{children}</Text>;
}

/** The first column, a name, gives way when the table would be too wide. */
function fitWidths(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): number[] {
  const natural = columns.map((name, index) =>
    Math.max(name.length, ...rows.map((row) => (row[index] ?? '').length)),
  );
  const taken = natural.reduce((sum, cell) => sum + cell + CELL_FRAME, 1);
  const [first = MIN_CELL, ...others] = natural;
  return [Math.max(MIN_CELL, first - Math.max(0, taken - width)), ...others];
}
