/** The few words that stand over a session and an exchange, alike in the page and in Markdown. */
import { formatCost, formatCostSum } from '../core/cost.ts';
import { OTHER_SESSION } from '../core/exchange.ts';
import { formatCount, formatDuration, formatPlural, formatTime } from '../core/format.ts';
import type { ExchangeDetail, SessionSummary } from '../core/ports.ts';
import { addRedactions, countRedactions, NO_REDACTIONS } from '../core/redactions.ts';
import type { Usage } from '../core/usage.ts';
import type { ExportGroup } from './source.ts';

/** Foreign text: to be escaped. */
export function titleOf({ session, sessionId }: ExportGroup): string {
  if (sessionId === OTHER_SESSION) return 'Exchanges of no conversation';
  return session?.title ?? `Session ${sessionId}`;
}

export function sessionFacts(session: SessionSummary): (readonly [string, string])[] {
  return [
    ['Session', session.sessionId],
    ['Client', session.client],
    ['Model', session.modelUsed ?? 'unknown'],
    ['Project', session.project ?? 'unknown'],
    ['Started', formatTime(session.startedAt)],
    ['Lasted', formatDuration(session.lastActivityAt - session.startedAt)],
    ['Requests', formatCount(session.requests)],
    ['Errors', formatCount(session.errors)],
    ['Tool calls', formatCount(session.toolCalls)],
    ['Tokens', tokensText(session.usage)],
    ['Cost', formatCostSum(session.cost)],
  ];
}

function tokensText(usage: Usage | null): string {
  if (usage === null) return 'unknown';
  const cached = usage.cacheRead === 0 ? '' : ` (${formatCount(usage.cacheRead)} from the cache)`;
  return `${formatCount(usage.input)} in${cached}, ${formatCount(usage.output)} out`;
}

/** `14:03 · claude-opus-5-5 · completed · …`; foreign text: to be escaped. */
export function exchangeFacts(exchange: ExchangeDetail): string[] {
  const { end, agentId, auxiliary } = exchange;
  const redacted = countRedactions(
    addRedactions(exchange.redactions ?? NO_REDACTIONS, end?.redactions ?? NO_REDACTIONS),
  );
  return [
    formatTime(exchange.startedAt),
    end?.modelUsed ?? exchange.model ?? `${exchange.method} ${exchange.target}`,
    ...(auxiliary === null ? [] : [`helper call: ${auxiliary}`]),
    ...(agentId === null ? [] : [`agent ${agentId}`]),
    outcomeText(exchange),
    ...(end === null ? [] : [`tokens ${tokensText(end.usage)}`, formatDuration(end.timing.ended)]),
    ...(end?.usage ? [`cost ${formatCost(end.cost)}`] : []),
    ...(exchange.importedFrom === undefined ? [] : [`imported from ${exchange.importedFrom}`]),
    ...(redacted === 0 ? [] : [`${formatPlural(redacted, 'value')} redacted`]),
  ];
}

export function isFailed({ end }: ExchangeDetail): boolean {
  return end !== null && end.outcome !== 'completed';
}

function outcomeText({ end }: ExchangeDetail): string {
  if (end === null) return 'running';
  if (end.outcome === 'completed') return 'completed';
  const reason = [end.status, end.errorCode, end.errorMessage].filter((fact) => fact !== null);
  return [end.outcome, ...reason].join(' ');
}
