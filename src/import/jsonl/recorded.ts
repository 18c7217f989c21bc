/**
 * Session files as the recorder writes them: a request tells only what its session's files did not have
 * yet. Bodies come back as the same JSON, not as the same bytes; heads were never written there.
 */
import type { ExchangeEnd, ExchangeRequest } from '../../core/exchange.ts';
import { promptPreview } from '../../dialects/preview.ts';
import { projectOf } from '../../dialects/project.ts';
import { codecFor } from '../../dialects/registry.ts';
import { LruMap } from '../../store/lru.ts';
import { toolCallsOf } from '../../store/recorder/make-end.ts';
import { newToolResults } from '../../store/recorder/tool-results.ts';
import { asObject, asText, type Json, timeOf } from '../json.ts';
import { BadLine, type OwnExchange } from '../turn.ts';
import type { RecordedRequest, RecordedResponse } from './shapes.ts';

interface Told {
  readonly messages: readonly unknown[];
  readonly params: Json;
}

/** What later requests may build on, in files of later days, too. */
export type ToldRequests = LruMap<string, Told>;

export function makeToldRequests(): ToldRequests {
  return new LruMap(MAX_TOLD);
}

interface Open {
  readonly request: ExchangeRequest;
  readonly body: Uint8Array;
  /** Something that it builds on was not there. */
  readonly isPartial: boolean;
}

const MAX_TOLD = 5_000;
const MAX_OPEN = 1_000;
const CLIENTS = [
  'claude-code',
  'codex',
  'opencode',
  'openai-sdk',
  'anthropic-sdk',
  'curl',
] as const;
const NOTHING = new Uint8Array(0);

export class Recorded {
  readonly #told: ToldRequests;
  readonly #open = new Map<string, Open>();
  /** The last answer: the line of its error may follow. */
  #answered: OwnExchange | null = null;
  #client: Pick<ExchangeRequest, 'client' | 'clientVersion' | 'userAgent'> = {
    client: 'other',
    clientVersion: null,
    userAgent: null,
  };

  constructor(told: ToldRequests) {
    this.#told = told;
  }

  session(line: Json): void {
    this.#client = {
      client: CLIENTS.find((name) => name === line['client']) ?? 'other',
      clientVersion: asText(line['client_version']),
      userAgent: asText(line['user_agent']),
    };
  }

  request(line: RecordedRequest): OwnExchange[] {
    const { told, isPartial } = this.#whole(line);
    this.#told.set(line.exchange_id, told);
    const body = bodyOf(line, told);
    const request = this.#requestOf(line, body);
    this.#open.set(request.id, { request, body, isPartial });
    return [...this.#take(), ...this.#interrupted(MAX_OPEN)];
  }

  response(line: RecordedResponse): OwnExchange[] {
    const before = this.#take();
    const open = this.#open.get(line.exchange_id);
    if (open === undefined) throw new BadLine('an answer to no request of this file');
    this.#open.delete(line.exchange_id);
    const { request, body, isPartial } = open;
    const end = endOf(line, request, isPartial);
    this.#answered = { request, end, requestBody: body, responseBody: NOTHING };
    return before;
  }

  error(line: Json): void {
    const answered = this.#answered;
    if (answered?.end == null || line['exchange_id'] !== answered.request.id) return;
    const said = { errorCode: asText(line['code']), errorMessage: asText(line['message']) };
    this.#answered = { ...answered, end: { ...answered.end, ...said } };
  }

  /** @param isSettled what has no answer now never gets one */
  end(isSettled: boolean): OwnExchange[] {
    return [...this.#take(), ...(isSettled ? this.#interrupted(0) : [])];
  }

  #take(): OwnExchange[] {
    const answered = this.#answered;
    this.#answered = null;
    return answered === null ? [] : [answered];
  }

  #interrupted(maxOpen: number): OwnExchange[] {
    const ended: OwnExchange[] = [];
    for (const [id, { request, body }] of this.#open) {
      if (this.#open.size <= maxOpen) break;
      this.#open.delete(id);
      ended.push({ request, end: null, requestBody: body, responseBody: null });
    }
    return ended;
  }

  #whole(line: RecordedRequest): { told: Told; isPartial: boolean } {
    const before = line.continues === null ? undefined : this.#told.get(line.continues);
    const known = before?.messages.slice(0, line.messages_before) ?? [];
    const borrowed = Object.entries(line.params_from).map(([name, from]) => {
      return [name, this.#told.get(from)?.params[name]] as const;
    });
    const isPartial =
      known.length < line.messages_before || borrowed.some(([, value]) => value === undefined);
    const params = Object.fromEntries([...Object.entries(line.params), ...borrowed]);
    return { told: { messages: [...known, ...line.messages], params }, isPartial };
  }

  #requestOf(line: RecordedRequest, body: Uint8Array): ExchangeRequest {
    const { dialect } = line;
    const json: unknown = body.length === 0 ? null : JSON.parse(Buffer.from(body).toString());
    const view = dialect === null || json === null ? null : codecFor(dialect).parseRequest(json);
    return {
      ...this.#client,
      id: line.exchange_id,
      sessionId: line.session_id,
      sessionSource: 'import',
      startedAt: timeOf(line.at),
      provider: line.provider,
      dialect,
      transport: 'http',
      method: line.method,
      target: line.target,
      upstream: '',
      requestHeaders: [],
      auxiliary: line.auxiliary,
      agentId: line.agent_id,
      parentId: null,
      model: line.model,
      stream: view?.stream ?? false,
      previousResponseId: line.previous_response_id,
      promptPreview: view === null ? null : promptPreview(view),
      project: view === null ? null : projectOf(view),
      messageCount: view?.messages.length ?? null,
      toolResults: view === null ? [] : newToolResults(view.messages),
      requestBody: { bytes: line.body_bytes, sha256: null, truncated: line.truncated },
    };
  }
}

/** Where the conversation stands in a body. */
function bodyOf({ dialect, truncated }: RecordedRequest, { messages, params }: Told): Uint8Array {
  if (truncated || (messages.length === 0 && Object.keys(params).length === 0)) return NOTHING;
  if (dialect === null) return Buffer.from(JSON.stringify(params));
  const name = dialect === 'openai-responses' ? 'input' : 'messages';
  const [only, ...others] = messages;
  const said = typeof only === 'string' && others.length === 0 ? only : messages;
  const isEmpty = messages.length === 0 && asObject(params) !== null;
  return Buffer.from(JSON.stringify(isEmpty ? params : { ...params, [name]: said }));
}

function endOf(line: RecordedResponse, request: ExchangeRequest, isPartial: boolean): ExchangeEnd {
  return {
    id: request.id,
    sessionId: request.sessionId,
    endedAt: timeOf(line.at),
    outcome: line.outcome,
    errorCode: null,
    errorMessage: null,
    status: line.status,
    responseHeaders: [],
    responseId: line.response_id,
    modelUsed: line.model,
    stopReason: line.stop_reason,
    parts: line.parts,
    toolCalls: toolCallsOf(line.parts),
    usage: line.usage,
    providerUsage: line.provider_usage ?? null,
    details: line.usage_details,
    estimate: line.usage_estimate,
    cost: line.cost,
    rateLimits: null,
    timing: line.timing,
    responseBody: { bytes: line.body_bytes, sha256: null, truncated: line.body_bytes > 0 },
    isPartial: line.partial || isPartial,
  };
}
