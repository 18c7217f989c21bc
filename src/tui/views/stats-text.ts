/** Statistics of a span of days as lines: numbers, a bar a day, tables. Pure but for the given grid. */
import { errorsOf, modelsOf, toolsOf } from '../../core/activity.ts';
import { addCostSums, formatCostSum, NO_COST } from '../../core/cost.ts';
import { formatCompact, formatCount, formatDuration } from '../../core/format.ts';
import { percentile } from '../../core/histogram.ts';
import type { Activity } from '../../core/ports.ts';
import { addUsage, NO_USAGE, type Usage } from '../../core/usage.ts';
import { bar } from '../text/bars.ts';
import { clip, fitCell } from '../text/cells.ts';
import type { Theme } from '../theme.ts';
import { cacheShare, costSumText, short } from './exchange-columns.ts';
import type { DrawGrid } from './view.ts';

interface Look {
  readonly theme: Theme;
  readonly drawGrid: DrawGrid;
  readonly width: number;
}

const MAX_ROWS = 10;
const LABEL = 12;

export function statsLines(days: readonly Activity[], look: Look): string[] {
  const requests = sum(days, (day) => day.requests);
  if (requests === 0 && days.every(({ usage }) => usage === null)) {
    return ['', '  nothing was recorded in this span of time'];
  }
  return [
    ...numberLines(days, requests, look),
    ...(days.length > 1 ? dayLines(days, look) : []),
    ...modelLines(days, look),
    ...toolLines(days, look),
    ...errorLines(days, look),
  ];
}

function numberLines(
  days: readonly Activity[],
  requests: number,
  { theme, width }: Look,
): string[] {
  const failed = sum(days, (day) => day.failed);
  const usage = days.reduce<Usage | null>(
    (total, day) => (day.usage === null ? total : addUsage(total ?? NO_USAGE, day.usage)),
    null,
  );
  const latency = days.flatMap((day) => day.latency);
  const at = (share: number): string => formatDuration(percentile(latency, share));
  const rows: [string, string][] = [
    ['Requests', `${formatCount(requests)}, ${formatCount(failed)} not completed`],
    ...(usage === null ? unknownTokens() : tokenRows(usage)),
    ['Cost', formatCostSum(days.reduce((total, day) => addCostSums(total, day.cost), NO_COST))],
    ['Latency', `p50 ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)} (whole answer)`],
  ];
  return rows.map(
    ([label, value]) =>
      ` ${theme.paint(fitCell(label, LABEL), 'bold')}${clip(value, width - LABEL - 2)}`,
  );
}

function unknownTokens(): [string, string][] {
  return [['Tokens', 'unknown']];
}

function tokenRows(usage: Usage): [string, string][] {
  const written = usage.cacheWrite5m + usage.cacheWrite1h;
  const cache = `cache read ${cacheShare(usage)}, written ${formatCount(written)}`;
  return [
    ['Tokens in', `${formatCount(usage.input)} (${cache})`],
    ['Tokens out', `${formatCount(usage.output)} (thinking ${formatCount(usage.reasoning)})`],
  ];
}

/** Input and output tokens of each day. */
function dayLines(days: readonly Activity[], { theme, width }: Look): string[] {
  const tokensOf = ({ usage }: Activity): number =>
    usage === null ? 0 : usage.input + usage.output;
  const largest = Math.max(...days.map(tokensOf));
  const room = Math.max(10, width - 30);
  return [
    '',
    theme.paint(' Tokens per day', 'title'),
    ...days.map((day) => {
      const date = new Date(day.from);
      const label = `${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;
      const count = fitCell(formatCompact(tokensOf(day)), 7, 'right');
      return `   ${label} ${count} ${theme.paint(bar(tokensOf(day), largest, room), 'accent')}`;
    }),
  ];
}

function modelLines(days: readonly Activity[], look: Look): string[] {
  const models = modelsOf(days);
  if (models.length === 0) return [];
  const total = sum(models, ({ inputTokens, outputTokens }) => inputTokens + outputTokens);
  const rows = models
    .slice(0, MAX_ROWS)
    .map((row) => [
      row.model ?? 'unknown',
      formatCount(row.requests),
      formatCount(row.failed),
      formatCompact(row.inputTokens),
      formatCompact(row.outputTokens),
      costSumText(row.cost),
      total === 0 ? '-' : `${Math.round(((row.inputTokens + row.outputTokens) / total) * 100)}%`,
    ]);
  return section(
    'Models',
    ['model', 'requests', 'failed', 'in', 'out', 'cost', 'share'],
    rows,
    look,
  );
}

function toolLines(days: readonly Activity[], look: Look): string[] {
  const tools = toolsOf(days);
  if (tools.length === 0) return [];
  const rows = tools
    .slice(0, MAX_ROWS)
    .map((tool) => [
      tool.name,
      formatCount(tool.calls),
      formatCount(tool.failures),
      tool.timed === 0 ? '-' : short(tool.totalMs / tool.timed),
    ]);
  return section('Tools', ['tool', 'calls', 'failed', 'avg'], rows, look);
}

function errorLines(days: readonly Activity[], look: Look): string[] {
  const errors = errorsOf(days);
  if (errors.length === 0) return [];
  const rows = errors.slice(0, MAX_ROWS).map(({ code, count }) => [code, formatCount(count)]);
  return section('Not completed', ['reason', 'count'], rows, look);
}

function section(
  title: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  { theme, drawGrid, width }: Look,
): string[] {
  return ['', theme.paint(` ${title}`, 'title'), ...drawGrid(columns, rows, width)];
}

function sum<Item>(items: readonly Item[], number: (item: Item) => number): number {
  return items.reduce((total, item) => total + number(item), 0);
}
