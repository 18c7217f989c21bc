/**
 * What makes an exchange's numbers complete at its end: its price, a guess where the provider counted
 * nothing, and what the answer said about the account's limits. Pure.
 */
import type { Part } from '../../core/conversation.ts';
import type { Cost, Pricer } from '../../core/cost.ts';
import type { ExchangeEnd, ExchangeRequest } from '../../core/exchange.ts';
import type { AccountLimits } from '../../core/rate-limits.ts';
import { isUsageUnknown, spendingOf } from '../../core/stats.ts';
import { estimateUsage, type UsageEstimate } from '../../core/usage-estimate.ts';
import { headerValue } from '../../dialects/headers.ts';
import { rateLimitsOf } from '../../dialects/rate-limits.ts';

/** Null where there is no usage to price, or no price. */
export function costOf(
  request: ExchangeRequest,
  end: Pick<ExchangeEnd, 'usage' | 'details' | 'modelUsed' | 'outcome'>,
  price: Pricer,
): Cost | null {
  if (end.usage === null) return null;
  return price({
    model: end.modelUsed ?? request.model,
    dialect: request.dialect,
    upstream: request.upstream,
    at: request.startedAt,
    usage: end.usage,
    details: end.details,
    isFinal: end.outcome === 'completed',
    isSubscription: isSubscription(request),
  });
}

/** Claude's and ChatGPT's logins: the tokens are paid by the month. */
export function isSubscription({
  requestHeaders,
}: Pick<ExchangeRequest, 'requestHeaders'>): boolean {
  const credential = headerValue(requestHeaders, 'authorization') ?? '';
  const isClaudeLogin = credential.includes('sk-ant-oat');
  return isClaudeLogin || headerValue(requestHeaders, 'chatgpt-account-id') !== null;
}

/** Only where tokens were spent and not counted. `requestBytes`: of the decoded body. */
export function estimateOf(
  request: ExchangeRequest,
  end: Pick<ExchangeEnd, 'usage' | 'outcome' | 'status' | 'parts'>,
  requestBytes: number,
): UsageEstimate | null {
  if (!isUsageUnknown(spendingOf(request, end))) return null;
  const answerBytes = end.parts.reduce((sum, part) => sum + Buffer.byteLength(textOf(part)), 0);
  return estimateUsage(requestBytes, answerBytes);
}

function textOf(part: Part): string {
  if (part.type === 'media') return '';
  return part.type === 'tool-call' ? part.name + part.arguments : part.text;
}

/** Null when the answer said nothing about limits. Headers are masked ones. */
export function limitsOf(
  request: ExchangeRequest,
  responseHeaders: readonly string[],
  frame: unknown,
  at: number,
): AccountLimits | null {
  const limits = rateLimitsOf({ headers: responseHeaders, frame, at });
  if (limits.length === 0) return null;
  return { account: accountOf(request), provider: request.provider, seenAt: at, limits };
}

const ACCOUNT_HEADERS = ['chatgpt-account-id', 'x-api-key', 'authorization'];

function accountOf({ requestHeaders }: ExchangeRequest): string {
  for (const name of ACCOUNT_HEADERS) {
    const value = headerValue(requestHeaders, name);
    if (value !== null) return value.replace(/^Bearer /i, '');
  }
  return 'configured key';
}
