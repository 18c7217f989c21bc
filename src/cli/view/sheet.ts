/**
 * Rows of figures that can be printed as a table, as CSV or as JSON: each cell has its text for a
 * person and its bare value for a program. Pure.
 */
import { safeLine } from '../../core/text.ts';
import { type Column, renderTable } from './table.ts';

export interface Cell {
  /** As a person reads it. */
  readonly text: string;
  /** As a program reads it; null is an empty field. */
  readonly value: string | number | null;
}

export interface SheetColumn extends Column {
  /** The field's name in CSV. */
  readonly name: string;
}

export interface Sheet {
  readonly columns: readonly SheetColumn[];
  readonly rows: readonly (readonly Cell[])[];
  /** Lines under the table; not in CSV. */
  readonly notes: readonly string[];
  readonly json: unknown;
}

export function sheetLines({ columns, rows, notes }: Sheet, width: number): string[] {
  const table = renderTable(
    columns,
    rows.map((row) => row.map(({ text }) => text)),
    width,
  );
  return [...table, ...(notes.length > 0 ? [''] : []), ...notes.map(safeLine)];
}

/** RFC 4180, but lines end in \n. */
export function sheetCsv({ columns, rows }: Sheet): string[] {
  const head = columns.map(({ name }) => name).join(',');
  return [head, ...rows.map((row) => row.map(({ value }) => csvField(value)).join(','))];
}

function csvField(value: Cell['value']): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = safeLine(value);
  // A spreadsheet runs what begins like a formula; a leading apostrophe makes it text.
  const plain = /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
