/**
 * Makes an ExchangeEnd out of everything that is known when an exchange is over. Pure. Masks
 * response headers, and the request's own credentials where a provider echoes them in an error.
 */
import type { Part } from '../../core/conversation.ts';
import type { Pricer } from '../../core/cost.ts';
import type {
  BodyFacts,
  ExchangeEnd,
  ExchangeRequest,
  ToolCallRecord,
} from '../../core/exchange.ts';
import type { TokenGaps } from '../../core/latency.ts';
import type { EndCause, OpenRecord } from '../../core/tap.ts';
import { NO_DETAILS } from '../../core/usage-details.ts';
import { maskHeaders, scrub, secretsOf } from './mask.ts';
import { costOf, estimateOf, limitsOf } from './money.ts';
import { endingOf } from './outcome.ts';
import type { ReadResponse } from './response-reader.ts';
import { type Marks, timingOf } from './timing.ts';

export interface EndParts {
  readonly open: OpenRecord;
  readonly request: ExchangeRequest;
  readonly cause: EndCause;
  readonly marks: Marks;
  readonly status: number | null;
  readonly responseHeaders: readonly string[];
  readonly responseBody: BodyFacts;
  readonly read: ReadResponse;
  readonly tokenGaps: TokenGaps | null;
  /** Bytes of the request's body without content-encoding. */
  readonly requestLength: number;
  readonly price: Pricer;
  /** Something was missed before the response was read. */
  readonly isPartial: boolean;
}

export function makeEnd(parts: EndParts): ExchangeEnd {
  const { open, request, read, marks } = parts;
  const { view } = read;
  const ending = endingOf({ ...parts, view, isReadStream: read.isReadStream });
  const timing = timingOf(marks, parts.tokenGaps);
  // Not the wall clock: it may have been set back meanwhile.
  const endedAt = Math.round(open.at + (timing.ended ?? 0));
  const responseHeaders = maskHeaders(parts.responseHeaders);
  const end = {
    id: request.id,
    sessionId: request.sessionId,
    endedAt,
    outcome: ending.outcome,
    errorCode: ending.errorCode,
    errorMessage: withoutSecrets(ending.errorMessage, open),
    status: parts.status,
    responseHeaders,
    responseId: view?.id ?? null,
    modelUsed: view?.model ?? null,
    stopReason: view?.stopReason ?? null,
    parts: view?.parts ?? [],
    toolCalls: toolCallsOf(view?.parts ?? []),
    usage: view?.usage ?? null,
    providerUsage: view?.providerUsage ?? null,
    details: view?.details ?? NO_DETAILS,
    rateLimits: limitsOf(request, responseHeaders, view?.rateLimitFrame ?? null, endedAt),
    timing,
    responseBody: parts.responseBody,
    isPartial: parts.isPartial || parts.responseBody.truncated || !read.isWhole,
  };
  return {
    ...end,
    estimate: estimateOf(request, end, parts.requestLength),
    cost: costOf(request, end, parts.price),
  };
}

export function toolCallsOf(parts: readonly Part[]): ToolCallRecord[] {
  return parts
    .filter((part) => part.type === 'tool-call')
    .map(({ id, name, arguments: text }) => ({ id, name, arguments: text }));
}

function withoutSecrets(message: string | null, open: OpenRecord): string | null {
  return message === null ? null : scrub(message, secretsOf(open.headers, open.target));
}
