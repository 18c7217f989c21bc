/** The end of the shutdown summary: models, slowest exchanges, errors of the run. Pure. */
import { formatCostSum } from '../../core/cost.ts';
import { formatCount, formatDuration } from '../../core/format.ts';
import type { Stats } from '../../core/ports.ts';
import type { RunReport, SlowExchange } from '../../core/run-report.ts';
import { safeLine, truncate } from '../../core/text.ts';

const MAX_NAME = 60;
const SHORT_ID = 8;

/** Lines after the statistics; none where there is nothing to say. */
export function reportLines({ models, slowest, errors }: RunReport): string[] {
  return [
    ...section(
      'By model',
      [...models].map(([name, stats]) => [name, modelText(stats)]),
    ),
    ...section(
      'Slowest',
      slowest.map((slow) => [slow.model ?? 'no model', slowText(slow)]),
    ),
    ...section(
      'Not completed',
      [...errors].map(([name, count]) => [name, formatCount(count)]),
    ),
  ];
}

function section(title: string, entries: readonly (readonly [string, string])[]): string[] {
  if (entries.length === 0) return [];
  const named = entries.map(([name, text]) => [`${truncate(safeLine(name), MAX_NAME)}:`, text]);
  const width = Math.max(...named.map(([name = '']) => name.length)) + 1;
  return ['', `${title}:`, ...named.map(([name = '', text]) => `  ${name.padEnd(width)}${text}`)];
}

function modelText({ requests, usage, cost }: Stats): string {
  const tokens =
    usage === null
      ? 'tokens unknown'
      : `${formatCount(usage.input)} in, ${formatCount(usage.output)} out`;
  const noun = requests === 1 ? 'request' : 'requests';
  return `${formatCount(requests)} ${noun}, ${tokens}, ${formatCostSum(cost)}`;
}

function slowText({ totalMs, firstTokenMs, sessionId }: SlowExchange): string {
  const first = firstTokenMs === null ? '' : `, first token after ${formatDuration(firstTokenMs)}`;
  return `${formatDuration(totalMs)}${first}, session ${safeLine(sessionId.slice(0, SHORT_ID))}`;
}
