/** Cells of a sheet by kind; what is not known is `unknown` for a person and empty for a program. */
import { type CostSum, formatCostSum, usdOf } from '../../core/cost.ts';
import { formatBytes, formatCount, formatDuration } from '../../core/format.ts';
import type { Cell } from './sheet.ts';

export function textCell(text: string): Cell {
  return { text, value: text };
}

export function countCell(value: number | null | undefined): Cell {
  return value == null ? UNKNOWN : { text: formatCount(value), value };
}

export function durationCell(ms: number | null): Cell {
  return ms === null ? UNKNOWN : { text: formatDuration(ms), value: Math.round(ms * 1000) / 1000 };
}

export function bytesCell(bytes: number | null): Cell {
  if (bytes === null) return UNKNOWN;
  return { text: formatBytes(bytes), value: bytes };
}

export function shareCell(share: number | null): Cell {
  if (share === null) return UNKNOWN;
  return { text: `${(share * 100).toFixed(1)}%`, value: Math.round(share * 1e6) / 1e6 };
}

export function costCell(sum: CostSum): Cell {
  const isKnown = sum.exact + sum.estimated > 0;
  return { text: formatCostSum(sum), value: isKnown ? usdOf(sum.nanoUsd) : null };
}

const UNKNOWN: Cell = { text: 'unknown', value: null };
