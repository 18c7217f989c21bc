/** Events and running exchanges as the rows of the live list. Pure. */
import type { ExchangeEnd, ExchangeRequest } from '../../core/exchange.ts';
import type { LiveExchange } from '../../core/live-state.ts';
import type { ExchangeLine } from '../../core/ports.ts';

/** As many as the history gives. */
const MAX_NAMES = 8;

export function lineOfRequest(request: ExchangeRequest): ExchangeLine {
  return {
    id: request.id,
    sessionId: request.sessionId,
    startedAt: request.startedAt,
    client: request.client,
    auxiliary: request.auxiliary,
    method: request.method,
    target: request.target,
    model: request.model,
    promptPreview: request.promptPreview,
    status: null,
    outcome: null,
    errorCode: null,
    usage: null,
    cost: null,
    firstTokenMs: null,
    durationMs: null,
    toolNames: [],
  };
}

export function lineOfLive(live: LiveExchange): ExchangeLine {
  return { ...lineOfRequest(live.request), status: live.status, usage: live.usage };
}

export function endLine(line: ExchangeLine, end: ExchangeEnd): ExchangeLine {
  return {
    ...line,
    model: end.modelUsed ?? line.model,
    status: end.status,
    outcome: end.outcome,
    errorCode: end.errorCode,
    usage: end.usage,
    cost: end.cost,
    firstTokenMs: end.timing.firstToken,
    durationMs: end.timing.ended,
    toolNames: end.toolCalls.slice(0, MAX_NAMES).map(({ name }) => name),
  };
}
