/** The cache tab of a session: each turn's cached share, and why and at what cost it missed. Pure. */
import type { CacheFinding } from '../../core/cache-explain.ts';
import { causeText } from '../../core/cache-words.ts';
import { formatUsd } from '../../core/cost.ts';
import { formatClock, formatCompact } from '../../core/format.ts';
import { safeLine } from '../../core/text.ts';
import { clip, fitCell } from '../text/cells.ts';
import type { Theme } from '../theme.ts';

interface Look {
  readonly theme: Theme;
  readonly width: number;
}

export function cacheLines(findings: readonly CacheFinding[], { theme, width }: Look): string[] {
  if (findings.length === 0) return ['', '  no turn of this session has token counts'];
  const head = row(['TIME', 'IN', 'READ', 'WRITTEN', 'CACHED', 'MISSED', 'COST'], 'WHY');
  const lines = findings.map((finding) => {
    const { missed } = finding;
    const cells = [
      formatClock(finding.startedAt),
      formatCompact(finding.input),
      formatCompact(finding.read),
      formatCompact(finding.written),
      `${Math.round(finding.share * 100)}%`,
      missed === 0 ? '' : formatCompact(missed),
      missed === 0 ? '' : costText(finding.missedNanoUsd),
    ];
    const line = clip(row(cells, safeLine(causeText(finding))), width - 1);
    return missed === 0 ? line : theme.paint(line, 'warn');
  });
  return [theme.paint(clip(head, width - 1), 'bold'), ...lines];
}

const WIDTHS = [8, 7, 7, 7, 6, 7, 9];

function row(cells: readonly string[], why: string): string {
  const fitted = cells.map((cell, index) => fitCell(cell, WIDTHS[index] ?? 7, 'right'));
  return `  ${fitted.join(' ')}  ${why}`;
}

function costText(nanoUsd: number | null): string {
  return nanoUsd === null ? 'unknown' : formatUsd(nanoUsd);
}
