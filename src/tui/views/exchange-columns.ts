/** An exchange as a row: the columns of the live list and of a session's timeline. Pure. */
import { type Cost, type CostSum, formatCost, formatCostSum, usdOf } from '../../core/cost.ts';
import { formatClock, formatCompact } from '../../core/format.ts';
import type { LiveExchange } from '../../core/live-state.ts';
import type { ExchangeLine } from '../../core/ports.ts';
import { totalTokens, type Usage } from '../../core/usage.ts';
import type { FilterSubject } from '../filter.ts';
import type { Column } from '../text/columns.ts';
import type { Style } from '../theme.ts';

/** A row and, while it runs, what is known of it now. */
export interface ShownLine {
  readonly line: ExchangeLine;
  readonly isRunning: boolean;
  /** Milliseconds since it started, while it runs. */
  readonly elapsedMs: number | null;
  /** Characters of the answer so far, while it runs. */
  readonly arrived: number | null;
}

const CHARS_PER_TOKEN = 4;
const SHORT_ID = 8;

export function shortId(id: string): string {
  return id.slice(0, SHORT_ID);
}

export function exchangeColumns(hasSession: boolean): Column<ShownLine>[] {
  const session: Column<ShownLine> = {
    title: 'SESSION',
    width: 8,
    min: 6,
    rank: 4,
    cell: ({ line }) => plain(shortId(line.sessionId)),
    tintBy: ({ line }) => line.sessionId,
  };
  return [
    {
      title: 'TIME',
      width: 8,
      rank: 0,
      cell: ({ line }) => formatClock(line.startedAt),
      style: dim,
    },
    { title: 'CLIENT', width: 9, min: 6, rank: 7, cell: ({ line }) => clientName(line.client) },
    ...(hasSession ? [session] : []),
    { title: 'MODEL', width: 20, min: 14, rank: 0, cell: ({ line }) => plain(line.model ?? '-') },
    { title: 'STATUS', width: 6, rank: 0, cell: statusText, style: statusStyle },
    {
      title: 'IN',
      width: 6,
      rank: 0,
      align: 'right',
      cell: ({ line }) => count(line.usage?.input),
    },
    {
      title: 'CACHE',
      width: 5,
      rank: 6,
      align: 'right',
      cell: ({ line }) => cacheShare(line.usage),
    },
    { title: 'OUT', width: 6, rank: 0, align: 'right', cell: outText },
    {
      title: 'COST',
      width: 9,
      rank: 5,
      align: 'right',
      cell: ({ line }) => costText(line.cost),
    },
    {
      title: 'TTFT',
      width: 6,
      rank: 9,
      align: 'right',
      cell: ({ line }) => short(line.firstTokenMs),
    },
    {
      title: 'TOOK',
      width: 6,
      rank: 0,
      align: 'right',
      cell: ({ line, elapsedMs }) => short(elapsedMs ?? line.durationMs),
    },
    {
      title: 'TOOLS / PROMPT',
      width: 60,
      min: 8,
      rank: 0,
      cell: ({ line }) => aboutText(line),
      style: dim,
    },
  ];
}

function statusText({ line, isRunning }: ShownLine): string {
  if (isRunning) return line.status === null ? 'wait' : 'run';
  switch (line.outcome) {
    case 'completed':
      return String(line.status ?? 'ok');
    case 'failed':
      return line.status === null || line.status < 400 ? 'fail !' : `${line.status} !`;
    case 'incomplete':
      return 'cut !';
    case 'aborted':
      return 'abort';
    case 'interrupted':
      return 'lost !';
    case null:
      return 'open';
  }
}

export function isFailed({ outcome }: ExchangeLine): boolean {
  return outcome !== null && outcome !== 'completed';
}

function statusStyle({ line, isRunning }: ShownLine): Style | null {
  if (isRunning) return 'accent';
  if (line.outcome === 'completed') return 'good';
  return line.outcome === 'aborted' ? 'warn' : 'bad';
}

/** `claude-code` and `openai-sdk` are known by their first word in a narrow column. */
export function clientName(client: string): string {
  return client.replace(/-(?:code|sdk)$/, '');
}

/** A row with what is known of it now. */
export function shownLine(
  line: ExchangeLine,
  live: LiveExchange | undefined,
  now: number,
): ShownLine {
  if (live === undefined) return { line, isRunning: false, elapsedMs: null, arrived: null };
  const arrived = live.answer.reduce((sum, { text }) => sum + text.length, 0);
  return {
    line: { ...line, status: live.status, usage: live.usage },
    isRunning: true,
    elapsedMs: Math.max(0, now - line.startedAt),
    arrived: live.status === null ? null : arrived,
  };
}

/** The provider's count; while it runs, what has arrived, marked as an estimate. */
function outText({ line, arrived }: ShownLine): string {
  if (arrived !== null) return `~${formatCompact(arrived / CHARS_PER_TOKEN)}`;
  return count(line.usage?.output);
}

function aboutText(line: ExchangeLine): string {
  if (line.toolNames.length > 0) return line.toolNames.join(' ');
  if (line.errorCode !== null) return line.errorCode;
  return line.promptPreview ?? `${line.auxiliary ?? ''} ${line.method} ${line.target}`.trim();
}

/** What is not known is a dash, never 0. */
export function count(value: number | undefined | null): string {
  return value === undefined || value === null ? '-' : formatCompact(value);
}

export function cacheShare(usage: Usage | null): string {
  return usage === null || usage.input === 0
    ? '-'
    : `${Math.round((usage.cacheRead / usage.input) * 100)}%`;
}

/** `~` before what is estimated; a dash where nobody knows. */
function costText(cost: Cost | null): string {
  return cost === null ? '-' : formatCost(cost);
}

/** In ASCII, for lists: `>` where some amounts are not known. */
export function costSumText(cost: CostSum): string {
  return cost.exact + cost.estimated === 0 ? '-' : formatCostSum(cost).replace('≥ ', '>');
}

/** At most 6 characters. */
export function short(ms: number | null): string {
  if (ms === null) return '-';
  if (ms < 999.5) return `${Math.round(ms)}ms`;
  if (ms < 99_950) return `${(ms / 1000).toFixed(1)}s`;
  const minutes = Math.round(ms / 60_000);
  return minutes < 100 ? `${minutes}m` : `${Math.round(minutes / 60)}h`;
}

/** Names from the wire in the middle of a row: only what surely takes one column each. */
export function plain(text: string): string {
  return text.replace(/[^\u0020-\u007e]/gu, '?');
}

function dim(): Style {
  return 'dim';
}

export function subjectOf(line: ExchangeLine): FilterSubject {
  const tools = line.toolNames.join(' ');
  return {
    text: `${line.model ?? ''} ${line.client} ${line.sessionId} ${line.target} ${tools} ${line.promptPreview ?? ''} ${line.errorCode ?? ''} ${line.status ?? ''}`,
    model: line.model ?? '',
    client: line.client,
    session: line.sessionId,
    tools,
    status: line.status,
    isError: isFailed(line),
    tokens: line.usage === null ? null : totalTokens(line.usage),
    durationMs: line.durationMs,
    usd: line.cost === null ? null : usdOf(line.cost.nanoUsd),
  };
}
