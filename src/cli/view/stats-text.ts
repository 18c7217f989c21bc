/**
 * Statistics as text, in the format of the Rust original; `stats` and the shutdown summary print it.
 * What is not known is said to be unknown: no cost is 0, no duration is guessed. Pure.
 */
import { type CostSum, formatCostSum, sumCertainty } from '../../core/cost.ts';
import { formatCount, formatDuration, formatPlural } from '../../core/format.ts';
import type { LatencyStats, Stats, ToolStats } from '../../core/ports.ts';
import { safeLine, truncate } from '../../core/text.ts';
import { totalTokens } from '../../core/usage.ts';
import { latencyLines } from './latency-text.ts';

const MAX_TOOL_NAME = 60;

/** One block for each of `sessions`, then, when there are more sessions than one, all together. */
export function renderStats(
  sessions: readonly Stats[],
  total: Stats,
  latency: LatencyStats | null = null,
): string {
  const isOne = total.sessions === 1 && sessions.length === 1;
  const blocks = sessions.map((stats) =>
    [
      renderBlock(`Session: ${sessionName(stats)}`, stats),
      ...(isOne ? [] : [`  ${'Cost:'.padEnd(LABEL_WIDTH)}${costText(stats.cost)}`]),
      ...(latency === null ? [] : ['', ...latencyLines(latency)]),
    ].join('\n'),
  );
  const all = renderBlock(`All sessions: ${formatCount(total.sessions)}`, total);
  return [
    '📊 Session Statistics Summary',
    '═'.repeat(63),
    (isOne ? blocks : [...blocks, all]).join('\n\n'),
    '',
    `💰 Estimated cost: ${costText(total.cost)}`,
  ].join('\n');
}

/** One session's statistics. */
export function renderSessionStats(stats: Stats, latency: LatencyStats | null = null): string {
  return renderStats([stats], { ...stats, sessions: 1 }, latency);
}

/** A sum with the weakest certainty in it. */
function costText(cost: CostSum): string {
  const sum = formatCostSum(cost);
  if (sum === 'unknown') return sum;
  const amount = `${sum} USD`;
  const { unpriced } = cost;
  // Not `requests`: a warm-up is none, but has its price.
  if (unpriced > 0) return `${amount} (${formatPlural(unpriced, 'exchange')} without a price)`;
  return sumCertainty(cost) === 'estimated' ? `${amount} (estimated)` : amount;
}

function sessionName({ sessionId }: Stats): string {
  return safeLine(sessionId ?? 'unknown');
}

function renderBlock(title: string, stats: Stats): string {
  const head = [title, ...tokenLines(stats)];
  return [head, toolLines(stats.tools), performanceLines(stats)]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function tokenLines({ requests, usage, unknownUsage, outcomes }: Stats): string[] {
  const count = (value: number | undefined): string =>
    value === undefined ? 'unknown' : formatCount(value);
  const cacheWrite = usage ? usage.cacheWrite5m + usage.cacheWrite1h : 0;
  const failed = requests - (outcomes.completed ?? 0);
  return rows([
    ['Requests:', `${formatCount(requests)}${failed > 0 ? ` (${failed} not completed)` : ''}`],
    ['Input tokens:', count(usage?.input)],
    ...(usage && usage.cacheRead > 0 ? [pair('  Cache read:', usage.cacheRead)] : []),
    ...(cacheWrite > 0 ? [pair('  Cache write:', cacheWrite)] : []),
    ['Output tokens:', count(usage?.output)],
    ...(usage && usage.reasoning > 0 ? [pair('Thinking tokens:', usage.reasoning)] : []),
    ['Total tokens:', count(usage ? totalTokens(usage) : undefined)],
    ...(unknownUsage > 0 ? [pair('Without usage:', unknownUsage, ' requests')] : []),
  ]);
}

function pair(label: string, value: number, unit = ''): [string, string] {
  return [label, `${formatCount(value)}${unit}`];
}

/** The original's value column. */
const LABEL_WIDTH = 17;

function rows(pairs: readonly (readonly [string, string])[]): string[] {
  return pairs.map(([label, value]) => `  ${label.padEnd(LABEL_WIDTH)}${value}`);
}

function toolLines(tools: readonly ToolStats[]): string[] {
  if (tools.length === 0) return [];
  const named = tools
    .toSorted((a, b) => b.calls - a.calls)
    .map((tool) => ({ ...tool, label: `${truncate(safeLine(tool.name), MAX_TOOL_NAME)}:` }));
  const width = Math.max(...named.map(({ label }) => label.length)) + 1;
  return ['  Tool usage:', ...named.map((tool) => `    ${tool.label.padEnd(width)}${calls(tool)}`)];
}

function calls({ calls: count, timed, totalMs, failures }: ToolStats): string {
  const facts = [
    ...(timed > 0 ? [`avg ${formatDuration(totalMs / timed)}`] : []),
    ...(failures > 0 ? [`${formatCount(failures)} failed`] : []),
  ];
  const noun = count === 1 ? 'call' : 'calls';
  return `${formatCount(count)} ${noun}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}`;
}

function performanceLines({ timed, totalMs, overheadMs }: Stats): string[] {
  if (timed === 0) return [];
  const share = totalMs > 0 ? overheadMs / totalMs : 0;
  const lines: [string, string][] = [
    ['Avg response time:', formatDuration(totalMs / timed)],
    ['Proxy overhead:', `${overheadText(overheadMs)} total (${percent(share)})`],
    ['Provider latency:', `${latencyText(totalMs - overheadMs)} (${percent(1 - share)})`],
  ];
  return ['  Performance:', ...lines.map(([label, value]) => `    ${label.padEnd(19)}${value}`)];
}

/** Most overheads are fractions of a millisecond: 0ms would not be true. */
function overheadText(ms: number): string {
  return ms > 0 && ms < 9.5 ? `${ms.toFixed(1)}ms` : formatDuration(ms);
}

/** Seconds with three decimals, so that it and the overhead add up. */
function latencyText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(3)}s` : formatDuration(ms);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}
