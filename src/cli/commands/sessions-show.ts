/** `lunaroute sessions show <id>`: one session's exchanges in the order of time. */

import { formatCost, formatCostSum } from '../../core/cost.ts';
import { OTHER_SESSION } from '../../core/exchange.ts';
import {
  formatBytes,
  formatClock,
  formatCount,
  formatDuration,
  formatTime,
} from '../../core/format.ts';
import { latencyOf } from '../../core/latency.ts';
import type { ExchangeSummary, History, SessionSummary, ToolCallView } from '../../core/ports.ts';
import { addRedactions, countRedactions, NO_REDACTIONS } from '../../core/redactions.ts';
import { safeLine } from '../../core/text.ts';
import { cutToWidth } from '../../core/width.ts';
import type { Invocation } from '../context.ts';
import { requireSession, withHistory } from '../open-records.ts';
import type { Printer, Style } from '../print.ts';

interface Shown {
  readonly session: SessionSummary | null;
  readonly exchanges: readonly ExchangeSummary[];
  /** There are more behind these. */
  readonly hasMore: boolean;
}

export function runSessionsShow(invocation: Invocation): number {
  const { context, args, isJson } = invocation;
  const shown = withHistory(invocation, (history) => read(history, args[0] ?? 'last', invocation));
  if (isJson) context.print.json(withLatency(shown));
  else printTimeline(shown, invocation);
  return 0;
}

/** The durations that the marks of an exchange mean. */
function withLatency(shown: Shown) {
  const exchanges = shown.exchanges.map((exchange) => ({
    ...exchange,
    latency: exchange.end === null ? null : latencyOf(exchange.end.timing, exchange.end.usage),
  }));
  return { ...shown, exchanges };
}

function read(history: History, prefix: string, { option }: Invocation): Shown {
  const sessionId = requireSession(history, prefix);
  const limit = Number(option('limit'));
  const page = {
    limit: limit + 1,
    offset: Number(option('offset')),
    isWithoutAuxiliary: option('auxiliary') === false,
  };
  const exchanges = history.exchanges(sessionId, page);
  return {
    session: history.session(sessionId),
    exchanges: exchanges.slice(0, limit),
    hasMore: exchanges.length > limit,
  };
}

function printTimeline(
  { session, exchanges, hasMore }: Shown,
  { context, option }: Invocation,
): void {
  const { print } = context;
  const offset = Number(option('offset'));
  if (session !== null) for (const line of heading(session, print.style)) print.line(line);
  exchanges.forEach((exchange, index) => {
    print.line();
    for (const line of exchangeLines(exchange, offset + index + 1, print)) print.line(line);
  });
  if (hasMore) print.note(`… more: --offset ${offset + exchanges.length}`);
}

function heading(session: SessionSummary, style: Style): string[] {
  const name = session.sessionId === OTHER_SESSION ? 'other (no conversation)' : session.sessionId;
  const { usage } = session;
  const tokens =
    usage === null
      ? 'tokens unknown'
      : `${formatCount(usage.input)} tokens in, ${formatCount(usage.output)} out`;
  return [
    style.bold(`Session ${safeLine(name)}`),
    [
      session.client,
      safeLine(session.modelUsed ?? 'no model'),
      `${formatCount(session.requests)} requests`,
      tokens,
      formatCostSum(session.cost),
      `since ${formatTime(session.startedAt)}`,
    ].join(' · '),
  ];
}

function exchangeLines(exchange: ExchangeSummary, position: number, print: Printer): string[] {
  const { style, columns } = print;
  const { promptPreview, answerPreview, toolCalls } = exchange;
  const quoted = (mark: string, text: string | null): string[] =>
    text === null || text === '' ? [] : [cutToWidth(`    ${mark} ${safeLine(text)}`, columns)];
  return [
    headLine(exchange, position, style),
    ...quoted('▸', promptPreview),
    ...quoted('◂', answerPreview),
    ...toolCalls.flatMap((call) => quoted('⚒', callText(call))),
  ];
}

function headLine(exchange: ExchangeSummary, position: number, style: Style): string {
  const { end } = exchange;
  const usage = end?.usage ?? null;
  const tokens =
    usage === null
      ? 'tokens unknown'
      : `${formatCount(usage.input)} in, ${formatCount(usage.output)} out`;
  return [
    style.dim(`${String(position).padStart(3)}  ${formatClock(exchange.startedAt)}`),
    // Where no model was asked, the path says what was.
    safeLine(end?.modelUsed ?? exchange.model ?? `${exchange.method} ${exchange.target}`),
    ...(exchange.auxiliary === null ? [] : [`(${exchange.auxiliary})`]),
    ...(exchange.agentId === null
      ? []
      : [style.dim(`[agent ${safeLine(exchange.agentId.slice(-SHORT_AGENT))}]`)]),
    outcomeText(exchange, style),
    ...(exchange.importedFrom === undefined
      ? []
      : [style.dim(`imported from ${exchange.importedFrom}`)]),
    tokens,
    usage === null ? '' : formatCost(end?.cost ?? null),
    end === null ? '' : formatDuration(end.timing.ended),
    redactionText(exchange),
  ]
    .filter((field) => field !== '')
    .join('  ');
}

/** The end tells agents apart: ids that sort by time begin alike. */
const SHORT_AGENT = 8;

/** How many values were replaced in it; nothing says what they were. */
function redactionText({ redactions, end }: ExchangeSummary): string {
  const count = countRedactions(
    addRedactions(redactions ?? NO_REDACTIONS, end?.redactions ?? NO_REDACTIONS),
  );
  return count === 0 ? '' : `${formatCount(count)} redacted`;
}

function outcomeText({ end }: ExchangeSummary, style: Style): string {
  if (end === null) return style.warn('running');
  if (end.outcome === 'completed') return style.good('completed');
  const reason = [end.status, end.errorCode].filter((fact) => fact !== null).join(' ');
  return style.bad(safeLine(reason === '' ? end.outcome : `${end.outcome} (${reason})`));
}

function callText({
  name,
  arguments: args,
  durationMs,
  isError,
  resultBytes,
}: ToolCallView): string {
  if (resultBytes === null) return `${name} → no result yet · ${args}`;
  const facts = [
    // Until the result came back: includes a person's permission, so it is an upper bound.
    `≤ ${formatDuration(durationMs)}`,
    formatBytes(resultBytes),
    ...(isError === true ? ['failed'] : []),
  ];
  return `${name} → ${facts.join(', ')} · ${args}`;
}
