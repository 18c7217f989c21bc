/**
 * What a SinkItem says as lines of a session's file. Pure: reads the session's state and returns,
 * beside the lines, how the state changes once they are on disk. Each line is one JSON object with
 * `type`, `at`, `session_id` and `exchange_id`.
 *
 * A request line holds only what the session's files do not have yet. All messages of an exchange =
 * the first `messages_before` messages of the exchange `continues`, then its own `messages`; a long
 * member that is missing from `params` stands in the exchange that `params_from` names.
 */
import type { ExchangeRequest } from '../../core/exchange.ts';
import type { SinkItem } from '../sink.ts';
import { chainOf, fingerprint, isObject, type JsonObject, takeApart } from './conversation.ts';
import type { SessionState } from './session-state.ts';

/** Members shorter than this are simply repeated. */
const LONG_MEMBER = 256;

type RequestItem = Extract<SinkItem, { kind: 'request' }>;
type EndItem = Extract<SinkItem, { kind: 'end' }>;

export interface Lines {
  readonly lines: readonly JsonObject[];
  /** To be called when the lines have been written. */
  readonly learn: () => void;
}

/** The first line of a file. */
export function sessionLine(request: ExchangeRequest): JsonObject {
  return {
    type: 'session',
    ...stamp(request, request.startedAt),
    format: 1,
    client: request.client,
    client_version: request.clientVersion,
    user_agent: request.userAgent,
    started: new Date(request.startedAt).toISOString(),
  };
}

export function linesOf(item: SinkItem, state: SessionState): Lines {
  return item.kind === 'request' ? requestLines(item, state) : endLines(item, state);
}

function requestLines(item: RequestItem, state: SessionState): Lines {
  const { request } = item;
  const content = contentOf(item);
  const chain = chainOf(content.messages);
  const known = state.longestPrefix(chain);
  const members = splitMembers(content.params, state);
  const results = resultLines(request, state);
  const line = {
    type: 'request',
    ...stamp(request, request.startedAt),
    method: request.method,
    target: request.target,
    provider: request.provider,
    dialect: request.dialect,
    model: request.model,
    auxiliary: request.auxiliary,
    agent_id: request.agentId,
    previous_response_id: request.previousResponseId,
    messages_before: known.length,
    continues: known.exchangeId,
    messages: content.messages.slice(known.length),
    params: members.own,
    params_from: members.from,
    body_bytes: request.requestBody.bytes,
    truncated: request.requestBody.truncated,
  };
  return {
    lines: [line, ...results],
    learn: () => {
      state.addConversation(chain.slice(known.length), request.id);
      for (const member of members.new) state.addMember(member, request.id);
      for (const result of request.toolResults) state.answerCall(result.id);
    },
  };
}

function endLines({ request, end }: EndItem, state: SessionState): Lines {
  const at = stamp(request, end.endedAt);
  const response = {
    type: 'response',
    ...at,
    outcome: end.outcome,
    status: end.status,
    model: end.modelUsed,
    response_id: end.responseId,
    stop_reason: end.stopReason,
    parts: end.parts,
    usage: end.usage,
    provider_usage: end.providerUsage,
    usage_details: end.details,
    usage_estimate: end.estimate,
    cost: end.cost,
    timing: end.timing,
    body_bytes: end.responseBody.bytes,
    partial: end.isPartial,
  };
  const calls = end.toolCalls.map((call) => ({ type: 'tool_call', ...at, ...call }));
  const error = { type: 'error', ...at, code: end.errorCode, message: end.errorMessage };
  return {
    lines: [response, ...calls, ...(end.errorCode === null ? [] : [error])],
    learn: () => {
      for (const { id, name } of end.toolCalls) state.addCall(id, { name, askedAt: end.endedAt });
    },
  };
}

/** One line for each result of a call that still waited: a result that is re-sent counts once. */
function resultLines(request: ExchangeRequest, state: SessionState): JsonObject[] {
  const lines: JsonObject[] = [];
  for (const result of request.toolResults) {
    const call = state.pendingCall(result.id);
    if (call === null) continue;
    lines.push({
      type: 'tool_call',
      ...stamp(request, request.startedAt),
      id: result.id,
      name: call.name,
      result_bytes: result.bytes,
      is_error: result.isError,
      duration_ms: Math.max(0, request.startedAt - call.askedAt),
    });
  }
  return lines;
}

interface Members {
  readonly own: JsonObject;
  /** Name → the exchange in whose `params` the same value stands. */
  readonly from: Readonly<Record<string, string>>;
  /** Fingerprints of the long members that are written here for the first time. */
  readonly new: readonly string[];
}

function splitMembers(params: JsonObject, state: SessionState): Members {
  const own: [string, unknown][] = [];
  const from: [string, string][] = [];
  const added: string[] = [];
  for (const [name, value] of Object.entries(params)) {
    const print = isLong(value) ? fingerprint(name, value) : null;
    const source = print === null ? null : state.memberSource(print);
    if (source !== null) {
      from.push([name, source]);
      continue;
    }
    own.push([name, value]);
    if (print !== null) added.push(print);
  }
  // fromEntries defines properties, so a foreign `__proto__` is a name like any other.
  return { own: Object.fromEntries(own), from: Object.fromEntries(from), new: added };
}

export function isLong(value: unknown): boolean {
  if (typeof value === 'string' && value.length >= LONG_MEMBER) return true;
  if (typeof value !== 'object' || value === null) return isLongText(value);
  const known = LONG_OBJECTS.get(value) ?? isLongText(value);
  LONG_OBJECTS.set(value, known);
  return known;
}

/** Members that are sent again are the same object each time (segments/cut.ts). */
const LONG_OBJECTS = new WeakMap<object, boolean>();

function isLongText(value: unknown): boolean {
  return JSON.stringify(value).length >= LONG_MEMBER;
}

/** The body's own elements; nothing for a body that is no JSON object. */
function contentOf(item: RequestItem): { messages: readonly unknown[]; params: JsonObject } {
  const body = objectOf(item);
  if (body === null) return { messages: [], params: {} };
  return takeApart(body, item.view === null ? null : item.request.dialect);
}

function objectOf({ cut, decoded }: RequestItem): JsonObject | null {
  if (cut != null) return isObject(cut.json) ? cut.json : null;
  return decoded === null ? null : parseObject(decoded);
}

function parseObject(bytes: Uint8Array): JsonObject | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function stamp(request: ExchangeRequest, at: number): JsonObject {
  return {
    at: new Date(at).toISOString(),
    session_id: request.sessionId,
    exchange_id: request.id,
  };
}
