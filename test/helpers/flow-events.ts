// Exchanges and events with plain defaults, for tests of what reads the event stream.
import type { ExchangeEnd, ExchangeRequest } from '../../src/core/exchange.ts';
import { interruptedEnd } from '../../src/core/interrupted.ts';

export function makeRequest(over: Partial<ExchangeRequest> = {}): ExchangeRequest {
  return {
    id: 'e1',
    sessionId: 's1',
    sessionSource: 'header',
    startedAt: 1000,
    client: 'claude-code',
    clientVersion: null,
    userAgent: null,
    provider: 'anthropic',
    dialect: 'anthropic-messages',
    transport: 'http',
    method: 'POST',
    target: '/v1/messages',
    upstream: 'https://api.anthropic.com',
    requestHeaders: [],
    auxiliary: null,
    agentId: null,
    parentId: null,
    model: 'claude-opus-5-5',
    stream: true,
    previousResponseId: null,
    promptPreview: null,
    project: null,
    messageCount: 1,
    toolResults: [],
    requestBody: { bytes: 10, sha256: null, truncated: false },
    ...over,
  };
}

export function makeEnd(over: Partial<ExchangeEnd> = {}): ExchangeEnd {
  return {
    ...interruptedEnd(makeRequest(), 2000),
    outcome: 'completed',
    status: 200,
    isPartial: false,
    ...over,
  };
}
