/**
 * An imported turn as the items that the recorder would have made of it, before redaction. Its id
 * follows from what it is, so that importing it again is the same exchange.
 */
import { hash } from 'node:crypto';
import type { Pricer } from '../core/cost.ts';
import {
  type BodyFacts,
  type ExchangeEnd,
  type ExchangeRequest,
  NO_TIMING,
} from '../core/exchange.ts';
import { auxiliaryOf } from '../dialects/auxiliary.ts';
import { promptPreview } from '../dialects/preview.ts';
import { codecFor } from '../dialects/registry.ts';
import { toolCallsOf } from '../store/recorder/make-end.ts';
import { costOf } from '../store/recorder/money.ts';
import { newToolResults } from '../store/recorder/tool-results.ts';
import type { SinkItem } from '../store/sink.ts';
import type { ImportedTurn } from './turn.ts';

const NOTHING = new Uint8Array(0);
const NO_BODY: BodyFacts = { bytes: 0, sha256: null, truncated: false };
/** A UUID that sorts by time like our own, made of what names the turn. */
export function idOf(turn: ImportedTurn): string {
  const { source, sessionId, responseId, requestId, startedAt, request } = turn;
  const own = requestId ?? `${startedAt} ${JSON.stringify(request)}`;
  const name = responseId ?? `${sessionId} ${own}`;
  const digest = hash('sha256', `${source} ${name}`, 'hex');
  const time = Math.max(0, Math.floor(startedAt)).toString(16).padStart(12, '0').slice(-12);
  // Version 8: made by our own rule (RFC 9562 section 5.8).
  return `${time.slice(0, 8)}-${time.slice(8)}-8${digest.slice(0, 3)}-8${digest.slice(3, 6)}-${digest.slice(6, 18)}`;
}

/** @param prompt the last thing the person said before, where the turn itself has no words of theirs */
export function itemsOf(
  turn: ImportedTurn,
  prompt: string | null,
  price: Pricer,
): { items: SinkItem[]; prompt: string | null } {
  const codec = codecFor(turn.dialect);
  const view = codec.parseRequest(turn.request);
  const body = Buffer.from(JSON.stringify(turn.request));
  const said = promptPreview(view) ?? prompt;
  const { target, client } = turn;
  const request: ExchangeRequest = {
    id: idOf(turn),
    sessionId: turn.sessionId,
    sessionSource: 'import',
    startedAt: turn.startedAt,
    client,
    clientVersion: turn.clientVersion,
    userAgent: null,
    provider: turn.provider,
    dialect: turn.dialect,
    transport: 'http',
    method: 'POST',
    target,
    upstream: turn.upstream,
    requestHeaders: [],
    auxiliary: auxiliaryOf({ target, client, view, body: turn.request }),
    agentId: turn.agentId,
    parentId: turn.parentId,
    model: view.model,
    stream: view.stream,
    previousResponseId: turn.previousResponseId,
    promptPreview: said,
    project: turn.project,
    messageCount: view.messages.length,
    toolResults: newToolResults(view.messages),
    requestBody: { bytes: body.length, sha256: null, truncated: false },
    importedFrom: turn.source,
  };
  return {
    items: [
      { kind: 'request', request, view, body, decoded: body },
      { kind: 'end', request, end: endOf(turn, request, price), body: NOTHING },
    ],
    prompt: said,
  };
}

function endOf(turn: ImportedTurn, request: ExchangeRequest, price: Pricer): ExchangeEnd {
  const view = codecFor(turn.dialect).parseResponse(turn.response);
  const end = {
    id: request.id,
    sessionId: request.sessionId,
    endedAt: turn.endedAt,
    outcome: view.error === null ? ('completed' as const) : ('failed' as const),
    errorCode: view.error?.type ?? null,
    errorMessage: view.error?.message ?? null,
    status: null,
    responseHeaders: turn.requestId === null ? [] : ['request-id', turn.requestId],
    responseId: turn.responseId,
    modelUsed: view.model,
    stopReason: view.stopReason,
    parts: view.parts,
    toolCalls: toolCallsOf(view.parts),
    usage: view.usage,
    providerUsage: view.providerUsage,
    details: view.details,
    estimate: null,
    rateLimits: null,
    timing: NO_TIMING,
    responseBody: NO_BODY,
    isPartial: false,
  };
  const cost = costOf(request, end, price);
  // Neither the plan that it was paid by nor where it was sent to is known for certain.
  return { ...end, cost: cost === null ? null : { ...cost, certainty: 'estimated' } };
}
