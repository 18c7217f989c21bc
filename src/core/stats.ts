/**
 * Sums over exchanges, folded one event at a time. The history computes the same sums in SQL; both
 * give a `Stats`, so every screen and the shutdown summary print them alike. Pure.
 */
import type { ExchangeEnd, ExchangeRequest, ToolResultRecord } from './exchange.ts';
import type { Stats, ToolStats } from './ports.ts';
import { addUsage, NO_USAGE } from './usage.ts';

export function emptyStats(sessionId: string | null): Stats {
  return {
    sessionId,
    sessions: 0,
    requests: 0,
    outcomes: {},
    usage: null,
    unknownUsage: 0,
    tools: [],
    timed: 0,
    totalMs: 0,
    overheadMs: 0,
  };
}

/** `request` is null when its start was not seen: it then counts as an ordinary turn. */
export function addEnd(stats: Stats, request: ExchangeRequest | null, end: ExchangeEnd): Stats {
  const usage = end.usage === null ? stats.usage : addUsage(stats.usage ?? NO_USAGE, end.usage);
  const withTools = { ...stats, usage, tools: addCalls(stats.tools, end.toolCalls) };
  // No turns of the conversation, but what tokens they spent were spent.
  const auxiliary = request?.auxiliary;
  if (auxiliary === 'warm-up' || auxiliary === 'count-tokens') return withTools;
  const { ended, overhead } = end.timing;
  const isTimed = ended !== null && overhead !== null;
  return {
    ...withTools,
    requests: stats.requests + 1,
    outcomes: { ...stats.outcomes, [end.outcome]: (stats.outcomes[end.outcome] ?? 0) + 1 },
    unknownUsage: stats.unknownUsage + (lacksUsage(request, end) ? 1 : 0),
    timed: stats.timed + (isTimed ? 1 : 0),
    totalMs: stats.totalMs + (isTimed ? ended : 0),
    overheadMs: stats.overheadMs + (isTimed ? overhead : 0),
  };
}

/** An error answer, or none at all, used no tokens; a request that was let go may have. */
function lacksUsage(request: ExchangeRequest | null, end: ExchangeEnd): boolean {
  const isModelCall = request === null || request.dialect !== null;
  if (end.usage !== null || !isModelCall) return false;
  const isAnswered = end.status !== null && end.status < 400;
  return end.outcome !== 'failed' || isAnswered;
}

/** Tool names come from the wire: beyond this many, calls are counted together. */
const MAX_TOOLS = 200;
const OTHER_TOOLS = '(others)';

function addCalls(
  tools: readonly ToolStats[],
  calls: readonly { readonly name: string }[],
): readonly ToolStats[] {
  return calls.reduce(
    (list, { name }) => changeTool(list, name, (tool) => ({ ...tool, calls: tool.calls + 1 })),
    tools,
  );
}

/** A call's result has come back, `ms` after it was asked for. */
export function addToolResult(
  stats: Stats,
  name: string,
  ms: number,
  { isError }: ToolResultRecord,
): Stats {
  const tools = changeTool(stats.tools, name, (tool) => ({
    ...tool,
    failures: tool.failures + (isError === true ? 1 : 0),
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
  const unused = { name, calls: 0, failures: 0, timed: 0, totalMs: 0, maxMs: null };
  const changed = change(tools[index] ?? unused);
  return index === -1 ? [...tools, changed] : tools.with(index, changed);
}
