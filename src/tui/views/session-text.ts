/** The parts of the session view as lines. Pure but for the grid that it is given. */
import { formatCostSum } from '../../core/cost.ts';
import {
  formatBytes,
  formatCompact,
  formatCount,
  formatDuration,
  formatPlural,
  formatTime,
} from '../../core/format.ts';
import type { ExchangeLine, SessionSummary, ToolSize, ToolStats } from '../../core/ports.ts';
import { bar, columnChart } from '../text/bars.ts';
import { clip, fitCell } from '../text/cells.ts';
import { wrapText } from '../text/wrap.ts';
import type { Theme } from '../theme.ts';
import { cacheShare, count, short } from './exchange-columns.ts';
import type { DrawGrid } from './view.ts';

interface Look {
  readonly theme: Theme;
  readonly width: number;
}

const CHART_HEIGHT = 5;
/** ink-table is for small tables; further tools are counted. */
const MAX_GRID_ROWS = 20;

export function numberLines(
  session: SessionSummary,
  loaded: number,
  { theme, width, warm }: Look & { readonly warm: string | null },
): string[] {
  const { usage, requests } = session;
  const span = session.lastActivityAt - session.startedAt;
  const title = clip(session.title ?? '(no prompt)', width - 2);
  const facts = [
    session.client,
    session.modelUsed ?? 'model unknown',
    formatTime(session.startedAt),
    formatDuration(span),
  ];
  const counts = [
    `${formatPlural(requests, 'request')}${loaded < requests ? ` (newest ${formatCount(loaded)} shown)` : ''}`,
    formatPlural(session.toolCalls, 'tool call'),
    formatPlural(session.errors, 'error'),
    `cost ${formatCostSum(session.cost)}`,
    `id ${session.sessionId}`,
  ];
  const tokens =
    usage === null
      ? ['tokens unknown']
      : [
          `in ${formatCount(usage.input)}`,
          `cache read ${formatCount(usage.cacheRead)} (${cacheShare(usage)})`,
          `cache write ${formatCount(usage.cacheWrite5m + usage.cacheWrite1h)}`,
          `out ${formatCount(usage.output)}`,
          ...(warm === null ? [] : [`cache warm for ${warm}`]),
          ...(usage.reasoning > 0 ? [`thinking ${formatCount(usage.reasoning)}`] : []),
          ...(session.unknownUsage > 0 ? [`${session.unknownUsage} without usage`] : []),
        ];
  return [
    ` ${theme.paint(title, 'title')}`,
    ` ${clip(`${facts.join(', ')}`, width - 2)}`,
    ` ${clip(tokens.join(', '), width - 2)}`,
    ` ${clip(counts.join(', '), width - 2)}`,
  ];
}

/** Input tokens of the newest exchanges that fitCell, a column each. */
export function chartLines(exchanges: readonly ExchangeLine[], { theme, width }: Look): string[] {
  const room = Math.max(10, width - 16);
  const counted = exchanges.filter(({ usage }) => usage !== null).slice(-room);
  if (counted.length < 2) return [];
  const values = counted.map(({ usage }) => usage?.input ?? 0);
  const largest = formatCompact(Math.max(...values));
  return columnChart(values, CHART_HEIGHT).map((line, index) => {
    const label = index === 0 ? `${largest} in` : index === CHART_HEIGHT - 1 ? 'tokens in' : '';
    return ` ${theme.paint(fitCell(label, 12, 'right'), 'dim')} ${theme.paint(line, 'accent')}`;
  });
}

/** One line for each exchange: what it took in, what of it came from the cache, what it gave. */
export function tokenLines(exchanges: readonly ExchangeLine[], { theme, width }: Look): string[] {
  const largest = Math.max(...exchanges.map(({ usage }) => usage?.input ?? 0), 1);
  const room = Math.max(8, width - 56);
  const head = `  ${fitCell('#', 5, 'right')} ${fitCell('IN', 7, 'right')} ${fitCell('CACHED', 7, 'right')} ${fitCell('WRITTEN', 7, 'right')} ${fitCell('OUT', 7, 'right')} ${fitCell('THINK', 7, 'right')} ${fitCell('TIME', 6, 'right')}`;
  const rows = exchanges.map((line, index) => {
    const { usage } = line;
    const numbers = [
      fitCell(String(index + 1), 5, 'right'),
      fitCell(count(usage?.input), 7, 'right'),
      fitCell(count(usage?.cacheRead), 7, 'right'),
      fitCell(count(usage === null ? null : usage.cacheWrite5m + usage.cacheWrite1h), 7, 'right'),
      fitCell(count(usage?.output), 7, 'right'),
      fitCell(count(usage?.reasoning), 7, 'right'),
      fitCell(short(line.durationMs), 6, 'right'),
    ];
    return `  ${numbers.join(' ')} ${theme.paint(bar(usage?.input ?? 0, largest, room), 'accent')}`;
  });
  return [theme.paint(head, 'bold'), ...rows];
}

export function toolLines(
  stats: readonly ToolStats[],
  sizes: readonly ToolSize[],
  { drawGrid, width }: { drawGrid: DrawGrid; width: number },
): string[] {
  const byName = new Map(stats.map((tool) => [tool.name, tool]));
  const names = [...new Set([...stats.map(({ name }) => name), ...sizes.map(({ name }) => name)])];
  if (names.length === 0) return ['', '  this session used and defined no tools'];
  const sizeOf = new Map(sizes.map((size) => [size.name, size]));
  const rows = names.slice(0, MAX_GRID_ROWS).map((name) => {
    const tool = byName.get(name);
    const size = sizeOf.get(name);
    const tokens = size?.definitionTokens ?? null;
    return [
      name,
      String(tool?.calls ?? 0),
      String(tool?.failures ?? 0),
      tool === undefined || tool.timed === 0 ? '-' : short(tool.totalMs / tool.timed),
      short(tool?.maxMs ?? null),
      size === undefined ? '-' : formatBytes(size.argumentBytes),
      size === undefined ? '-' : formatBytes(size.resultBytes),
      tokens === null ? '-' : `~${formatCompact(tokens)}`,
    ];
  });
  const columns = ['tool', 'calls', 'failed', 'avg', 'worst', 'sent', 'received', 'def tok'];
  const total = sizes.reduce((sum, { definitionTokens }) => sum + (definitionTokens ?? 0), 0);
  const notes = [
    ...(total === 0
      ? []
      : [
          `definitions add about ${formatCompact(total)} tokens to every request (their share of its bytes)`,
        ]),
    ...(names.length > MAX_GRID_ROWS ? [`and ${names.length - MAX_GRID_ROWS} more tools`] : []),
    'avg, worst: from the answer that asked to the request with the result, permission included',
  ];
  return [
    ...drawGrid(columns, rows, width),
    ...notes.flatMap((note) => wrapText(note, width - 2).map((line) => ` ${line}`)),
  ];
}
