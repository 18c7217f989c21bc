/**
 * Sums over exchanges, folded one event at a time. The history computes the same sums in SQL; both
 * give a `Stats`, so every screen and the shutdown summary print them alike. Pure.
 */

import { addCost, NO_COST } from './cost.ts';
import type {
  Auxiliary,
  ExchangeEnd,
  ExchangeRequest,
  Outcome,
  ToolResultRecord,
} from './exchange.ts';
import { ownResult } from './own-result.ts';
import type { Stats, ToolStats } from './ports.ts';
import { byteLength } from './text.ts';
import { addUsage, NO_USAGE, type Usage } from './usage.ts';

/** Warm-ups and token counting are no requests of the conversation; their usage counts all the same. */
export function isCounted(auxiliary: Auxiliary): boolean {
  return auxiliary !== 'warm-up' && auxiliary !== 'count-tokens';
}

export function emptyStats(sessionId: string | null): Stats {
  return {
    sessionId,
    sessions: 0,
    requests: 0,
    outcomes: {},
    usage: null,
    unknownUsage: 0,
    cost: NO_COST,
    tools: [],
    timed: 0,
    totalMs: 0,
    overheadMs: 0,
  };
}

/** `request` is null when its start was not seen: it then counts as an ordinary turn. */
export function addEnd(stats: Stats, request: ExchangeRequest | null, end: ExchangeEnd): Stats {
  const usage = end.usage === null ? stats.usage : addUsage(stats.usage ?? NO_USAGE, end.usage);
  const isUnknown = isUsageUnknown(spendingOf(request, end));
  const isSpent = end.usage !== null || isUnknown;
  const cost = isSpent ? addCost(stats.cost, end.cost) : stats.cost;
  const withTools = { ...stats, usage, cost, tools: addCalls(stats.tools, end) };
  if (request !== null && !isCounted(request.auxiliary)) return withTools;
  const { ended, overhead } = end.timing;
  const isTimed = ended !== null && overhead !== null;
  return {
    ...withTools,
    requests: stats.requests + 1,
    outcomes: { ...stats.outcomes, [end.outcome]: (stats.outcomes[end.outcome] ?? 0) + 1 },
    unknownUsage: stats.unknownUsage + (isUnknown ? 1 : 0),
    timed: stats.timed + (isTimed ? 1 : 0),
    totalMs: stats.totalMs + (isTimed ? ended : 0),
    overheadMs: stats.overheadMs + (isTimed ? overhead : 0),
  };
}

/** What decides whether tokens were spent that nobody counted. */
export interface Spending {
  readonly usage: Usage | null;
  readonly outcome: Outcome;
  readonly status: number | null;
  readonly auxiliary: Auxiliary;
  readonly hasDialect: boolean;
}

/** An error answer, or none at all, used no tokens; a request that was let go may have. */
export function isUsageUnknown(exchange: Spending): boolean {
  if (exchange.usage !== null || !exchange.hasDialect || !isCounted(exchange.auxiliary))
    return false;
  const isAnswered = exchange.status !== null && exchange.status < 400;
  return exchange.outcome !== 'failed' || isAnswered;
}

/** `request` null: its start was not seen. */
export function spendingOf(
  request: ExchangeRequest | null,
  end: Pick<ExchangeEnd, 'usage' | 'outcome' | 'status'>,
): Spending {
  const { usage, outcome, status } = end;
  const hasDialect = request === null || request.dialect !== null;
  return { usage, outcome, status, auxiliary: request?.auxiliary ?? null, hasDialect };
}

/** Tool names come from the wire: beyond this many, calls are counted together. */
const MAX_TOOLS = 200;
const OTHER_TOOLS = '(others)';

function addCalls(
  tools: readonly ToolStats[],
  { toolCalls, parts }: ExchangeEnd,
): readonly ToolStats[] {
  return toolCalls.reduce((list, { id, name, arguments: text }) => {
    const own = ownResult(parts, id);
    return changeTool(list, name, (tool) => ({
      ...tool,
      calls: tool.calls + 1,
      argumentBytes: tool.argumentBytes + byteLength(text),
      resultBytes: tool.resultBytes + (own === null ? 0 : byteLength(own.text)),
      failures: tool.failures + (own?.isError === true ? 1 : 0),
    }));
  }, tools);
}

/** A call's result has come back, `ms` after it was asked for. */
export function addToolResult(
  stats: Stats,
  name: string,
  ms: number,
  { isError, bytes }: ToolResultRecord,
): Stats {
  const tools = changeTool(stats.tools, name, (tool) => ({
    ...tool,
    failures: tool.failures + (isError === true ? 1 : 0),
    resultBytes: tool.resultBytes + bytes,
    timed: tool.timed + 1,
    totalMs: tool.totalMs + ms,
    maxMs: Math.max(tool.maxMs ?? 0, ms),
  }));
  return { ...stats, tools };
}

function changeTool(
  tools: readonly ToolStats[],
  wanted: string,
  change: (tool: ToolStats) => ToolStats,
): readonly ToolStats[] {
  const isKnown = tools.some((tool) => tool.name === wanted);
  const name = isKnown || tools.length < MAX_TOOLS ? wanted : OTHER_TOOLS;
  const index = tools.findIndex((tool) => tool.name === name);
  const unused = {
    name,
    calls: 0,
    failures: 0,
    timed: 0,
    totalMs: 0,
    maxMs: null,
    argumentBytes: 0,
    resultBytes: 0,
  };
  const changed = change(tools[index] ?? unused);
  return index === -1 ? [...tools, changed] : tools.with(index, changed);
}
