/**
 * The end of an exchange that nobody saw end: the recorder that watched it is gone. Every exchange
 * has exactly one end, so whoever notices makes this one. Nothing in it is guessed.
 */
import { type ExchangeEnd, type ExchangeRequest, NO_TIMING } from './exchange.ts';
import { NO_DETAILS } from './usage-details.ts';

/** `at` is wall clock, epoch milliseconds. */
export function interruptedEnd(request: ExchangeRequest, at: number): ExchangeEnd {
  return {
    id: request.id,
    sessionId: request.sessionId,
    endedAt: at,
    outcome: 'interrupted',
    errorCode: null,
    errorMessage: null,
    status: null,
    responseHeaders: [],
    responseId: null,
    modelUsed: null,
    stopReason: null,
    parts: [],
    toolCalls: [],
    usage: null,
    providerUsage: null,
    details: NO_DETAILS,
    estimate: null,
    cost: null,
    rateLimits: null,
    timing: NO_TIMING,
    responseBody: { bytes: 0, sha256: null, truncated: true },
    isPartial: true,
  };
}
