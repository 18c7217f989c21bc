/**
 * Reads a stored exchange again with the current parsers: from the bytes that crossed the wire and the
 * facts of its row to what an ExchangeRequest and an ExchangeEnd say of the content. Writes nothing.
 * What no parser can derive (times, sizes, how the sockets ended) stays as it was recorded.
 */
import type { RequestView, ResponseView } from '../../core/conversation.ts';
import type { Pricer } from '../../core/cost.ts';
import type { BodyFacts, ExchangeEnd, ExchangeRequest } from '../../core/exchange.ts';
import type { ExchangeSummary } from '../../core/ports.ts';
import type { EndCause, FailureCode } from '../../core/tap.ts';
import { NO_DETAILS } from '../../core/usage-details.ts';
import { auxiliaryOf } from '../../dialects/auxiliary.ts';
import { promptPreview } from '../../dialects/preview.ts';
import { codecFor } from '../../dialects/registry.ts';
import { contentCodings, decodeBody, parseJson } from '../recorder/content-coding.ts';
import { toolCallsOf } from '../recorder/make-end.ts';
import { costOf, estimateOf } from '../recorder/money.ts';
import { endingOf } from '../recorder/outcome.ts';
import { ResponseReader } from '../recorder/response-reader.ts';
import { newToolResults } from '../recorder/tool-results.ts';

type StoredEnd = NonNullable<ExchangeSummary['end']>;

export interface StoredExchange {
  readonly request: ExchangeRequest;
  readonly end: StoredEnd;
  readonly responseHeaders: readonly string[];
  /** As on the wire; null when they were not wholly stored. */
  readonly requestBytes: Uint8Array | null;
  readonly responseBytes: Uint8Array | null;
}

export interface Reread {
  readonly request: ExchangeRequest;
  readonly end: ExchangeEnd;
  /** Without content-encoding; null when it cannot be had. */
  readonly decoded: Uint8Array | null;
}

/** null when nothing can be read again: no dialect, or no bytes. */
export async function reread(stored: StoredExchange, price: Pricer): Promise<Reread | null> {
  const { dialect } = stored.request;
  if (dialect === null || (stored.requestBytes === null && stored.responseBytes === null)) {
    return null;
  }
  const decoded = decodedRequest(stored);
  const json = decoded === null ? undefined : parseJson(decoded);
  const view = json === undefined ? null : codecFor(dialect).parseRequest(json);
  const request = view === null ? stored.request : requestFrom(stored.request, view, json);
  const end = await endFrom(stored);
  const numbers = {
    cost: costOf(request, end, price),
    estimate: estimateOf(request, end, decoded?.length ?? 0),
  };
  return { request, end: { ...end, ...numbers }, decoded };
}

function decodedRequest({ request, requestBytes }: StoredExchange): Uint8Array | null {
  return requestBytes === null
    ? null
    : decodeBody(requestBytes, codingsOf(request.requestBody, request.requestHeaders));
}

/** A body with replaced values is stored decoded. */
function codingsOf(body: BodyFacts, headers: readonly string[]): string[] {
  return body.redacted === true ? [] : contentCodings(headers);
}

function withoutCodings(flat: readonly string[]): string[] {
  return flat.filter((_, index) => {
    const name = flat[index - (index % 2)] ?? '';
    return name.toLowerCase() !== 'content-encoding';
  });
}

function requestFrom(stored: ExchangeRequest, view: RequestView, body: unknown): ExchangeRequest {
  const { target, client } = stored;
  return {
    ...stored,
    auxiliary: auxiliaryOf({ target, client, view, body }),
    model: view.model,
    stream: view.stream,
    previousResponseId: view.previousResponseId ?? stored.previousResponseId,
    promptPreview: promptPreview(view),
    messageCount: view.messages.length,
    toolResults: newToolResults(view.messages),
  };
}

async function endFrom(stored: StoredExchange): Promise<ExchangeEnd> {
  const { end, responseHeaders, responseBytes, request } = stored;
  const read = responseBytes === null ? null : await readResponse(stored, responseBytes);
  const view = read?.view ?? null;
  const cause = causeOf(end);
  const facts = { cause, status: end.status, view, isReadStream: read?.isReadStream ?? false };
  const ending = read === null || cause.kind === 'no-answer' ? null : endingOf(facts);
  return {
    ...end,
    ...ending,
    // Their message had the client's credentials taken out; a new one of the same kind would not.
    errorMessage: ending?.errorCode === null ? null : end.errorMessage,
    responseHeaders,
    // Only the last word of each account is kept, and that was said at the time.
    rateLimits: null,
    sessionId: request.sessionId,
    ...contentOf(view),
  };
}

async function readResponse({ request, end, responseHeaders }: StoredExchange, bytes: Uint8Array) {
  const { dialect, transport } = request;
  if (dialect === null) return null;
  const isPlain = end.responseBody.redacted === true;
  const headers = isPlain ? withoutCodings(responseHeaders) : responseHeaders;
  const form = { transport, headers };
  const reader = new ResponseReader(codecFor(dialect), form, () => undefined);
  await reader.write(bytes, 0);
  return await reader.end(bytes);
}

function contentOf(view: ResponseView | null) {
  const parts = view?.parts ?? [];
  return {
    responseId: view?.id ?? null,
    modelUsed: view?.model ?? null,
    stopReason: view?.stopReason ?? null,
    parts,
    toolCalls: toolCallsOf(parts),
    usage: view?.usage ?? null,
    providerUsage: view?.providerUsage ?? null,
    details: view?.details ?? NO_DETAILS,
  };
}

/** What the proxy must have said at the end, as far as the outcome tells. */
function causeOf({ outcome, errorCode, status, errorMessage }: StoredEnd): EndCause {
  const message = errorMessage ?? '';
  if (outcome === 'interrupted') return { kind: 'shutdown' };
  if (outcome === 'aborted') return { kind: 'client-gone' };
  if (outcome === 'failed' && status === null) {
    return { kind: 'no-answer', code: failureCode(errorCode), message };
  }
  const isCut = outcome === 'incomplete' && errorCode !== 'stream-unfinished';
  return isCut ? { kind: 'upstream-cut', code: failureCode(errorCode), message } : { kind: 'done' };
}

const CUTS: readonly FailureCode[] = ['reset', 'closed', 'idle-timeout', 'bad-response', 'tls'];

function failureCode(code: string | null): FailureCode {
  return CUTS.find((known) => known === code) ?? 'closed';
}
