/** Makes what the recorder hands to a sink, from the few facts a test is about. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Part, RequestView } from '../../src/core/conversation.ts';
import type { BodyFacts, ExchangeEnd, ExchangeRequest } from '../../src/core/exchange.ts';
import { NO_DETAILS } from '../../src/core/usage-details.ts';
import type { SinkItem } from '../../src/store/sink.ts';
import { SqliteSink } from '../../src/store/sqlite-sink.ts';

type RequestItem = Extract<SinkItem, { kind: 'request' }>;
type EndItem = Extract<SinkItem, { kind: 'end' }>;

export const START = 1_790_000_000_000;

/** A folder that is removed after the test. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lunaroute-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function factsOf(body: Uint8Array): BodyFacts {
  return {
    bytes: body.length,
    sha256: createHash('sha256').update(body).digest('hex'),
    truncated: false,
  };
}

function makeRequest(changes: Partial<ExchangeRequest> = {}): ExchangeRequest {
  return {
    id: 'exchange-1',
    sessionId: 'session-1',
    sessionSource: 'header',
    startedAt: START,
    client: 'claude-code',
    clientVersion: '2.1.330',
    userAgent: 'claude-cli/2.1.330 (external, sdk-cli)',
    provider: 'anthropic',
    dialect: 'anthropic-messages',
    transport: 'http',
    method: 'POST',
    target: '/v1/messages?beta=true',
    upstream: 'https://api.anthropic.com',
    requestHeaders: ['content-type', 'application/json', 'X-Api-Key', 'sk-…wxyz'],
    auxiliary: null,
    agentId: null,
    parentId: null,
    model: 'claude-opus-5-5',
    stream: true,
    previousResponseId: null,
    promptPreview: 'Fix the parser',
    project: null,
    messageCount: 1,
    toolResults: [],
    requestBody: factsOf(new Uint8Array(0)),
    ...changes,
  };
}

function makeEnd(request: ExchangeRequest, changes: Partial<ExchangeEnd> = {}): ExchangeEnd {
  return {
    id: request.id,
    sessionId: request.sessionId,
    endedAt: request.startedAt + 1_000,
    outcome: 'completed',
    errorCode: null,
    errorMessage: null,
    status: 200,
    responseHeaders: ['content-type', 'text/event-stream'],
    responseId: null,
    modelUsed: request.model,
    stopReason: 'end_turn',
    parts: [],
    toolCalls: [],
    usage: null,
    providerUsage: null,
    details: NO_DETAILS,
    estimate: null,
    cost: null,
    rateLimits: null,
    timing: {
      received: 1.5,
      sent: 2.5,
      connect: null,
      firstByte: 300.25,
      firstToken: 310,
      ended: 1_000,
      overhead: 1.25,
      tokenGaps: null,
    },
    responseBody: factsOf(new Uint8Array(0)),
    isPartial: false,
    ...changes,
  };
}

export function requestItem(
  changes: Partial<ExchangeRequest> = {},
  body: unknown = undefined,
): RequestItem {
  const bytes = bytesOf(body);
  const request = makeRequest({ requestBody: factsOf(bytes), ...changes });
  return {
    kind: 'request',
    request,
    view: null as RequestView | null,
    body: bytes,
    decoded: bytes,
  };
}

export function endItem(
  request: ExchangeRequest,
  changes: Partial<ExchangeEnd> = {},
  body: unknown = undefined,
): EndItem {
  const bytes = bytesOf(body);
  return {
    kind: 'end',
    request,
    end: makeEnd(request, {
      responseBody: factsOf(bytes),
      toolCalls: callsOf(changes.parts ?? []),
      ...changes,
    }),
    body: bytes,
  };
}

function callsOf(parts: readonly Part[]): ExchangeEnd['toolCalls'] {
  return parts.filter((part) => part.type === 'tool-call');
}

function bytesOf(body: unknown): Uint8Array {
  if (body === undefined) return new Uint8Array(0);
  return body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
}

export function makeSink(path: string, instanceId = 'instance-1', notices: string[] = []) {
  const sink = new SqliteSink({
    path,
    instanceId,
    onNotice: (notice) => notices.push(notice),
    now: () => START + 60_000,
  });
  onTestFinished(() => sink.close());
  return sink;
}
