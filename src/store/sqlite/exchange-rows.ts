/**
 * Writes `exchanges`: a row opens with the request and is completed once by the end. Nothing here
 * decides what counts (sums.ts) or how bodies are kept (segments).
 */
import {
  type BodyFacts,
  type ExchangeEnd,
  type ExchangeRequest,
  OTHER_SESSION,
} from '../../core/exchange.ts';
import type { Redactions } from '../../core/redactions.ts';
import { isCounted } from '../../core/stats.ts';
import { truncate } from '../../core/text.ts';
import type { Database, Statement } from '../database.ts';
import { LruMap } from '../lru.ts';
import { NUMBER_COLUMNS, numberColumns } from './number-columns.ts';
import { OriginRows } from './origin-rows.ts';
import { usageText } from './usage-text.ts';

type Value = string | number | Uint8Array | null;
type Row = Readonly<Record<string, Value>>;

/** What the store knows of an exchange that it has already. */
export interface KnownExchange {
  readonly exchange_key: number;
  readonly session_key: number;
  readonly outcome: string | null;
}

/** A prompt is stored at the first of its turns. */
export const PROMPT_PREVIEW_SQL = `coalesce(exchanges.prompt_preview, (
  SELECT prompt_preview FROM exchanges AS first WHERE first.exchange_key = exchanges.prompt_exchange
    AND first.session_key = exchanges.session_key)) AS prompt_preview`;

/** Keys of what was stored beside the row. */
export interface RequestKeys {
  readonly session: number;
  readonly run: number;
  readonly segment: number | null;
  readonly headers: Uint8Array;
}

export interface EndKeys {
  readonly exchange: number;
  readonly segment: number | null;
  readonly parts: number | null;
  readonly headers: Uint8Array;
  /** 1 or 0, as it entered the session's sum. */
  readonly isUsageUnknown: number;
}

const MAX_PREVIEW = 200;
const REMEMBERED_PROMPTS = 500;
const MAX_ERROR = 2_000;
const MAX_TARGET = 8_192;

export class ExchangeRows {
  readonly #origins: OriginRows;
  readonly #find: Statement<[string], KnownExchange>;
  readonly #open: Statement<[Row]>;
  readonly #end: Statement<[Row]>;
  /** By session: the preview that was stored last, and where. */
  readonly #prompts = new LruMap<number, { text: string; exchange: number }>(REMEMBERED_PROMPTS);

  constructor(database: Database) {
    this.#origins = new OriginRows(database);
    this.#find = database.prepare(
      'SELECT exchange_key, session_key, outcome FROM exchanges WHERE exchange_id = ?',
    );
    const columns = REQUEST_COLUMNS.join(', ');
    const values = REQUEST_COLUMNS.map((column) => `@${column}`).join(', ');
    this.#open = database.prepare(`INSERT INTO exchanges (${columns}) VALUES (${values})`);
    const changes = END_COLUMNS.map((column) => `${column} = @${column}`).join(', ');
    this.#end = database.prepare(
      `UPDATE exchanges SET ${changes} WHERE exchange_key = @exchange_key`,
    );
  }

  find(exchangeId: string): KnownExchange | undefined {
    return this.#find.get(exchangeId);
  }

  /** Inserts the row of a request and gives its key. */
  open(request: ExchangeRequest, keys: RequestKeys): number {
    const row = requestRow(request, keys, this.#origins.keyOf(request));
    const text = row.prompt_preview;
    const last = this.#prompts.get(keys.session);
    // Only what belongs to no conversation is deleted exchange by exchange.
    const isWhole = request.sessionId !== OTHER_SESSION;
    const isSame = isWhole && last !== undefined && last.text === text;
    const shared = isSame ? { prompt_preview: null, prompt_exchange: last.exchange } : {};
    const exchange = Number(this.#open.run({ ...row, ...shared }).lastInsertRowid);
    if (!isSame && text !== null) this.#prompts.set(keys.session, { text, exchange });
    return exchange;
  }

  end(end: ExchangeEnd, keys: EndKeys): void {
    this.#end.run(endRow(end, keys));
  }

  /** Forgets remembered keys: needed after a rollback. */
  forget(): void {
    this.#origins.forget();
    this.#prompts.clear();
  }
}

const REQUEST_COLUMNS = [
  'exchange_id',
  'session_key',
  'run_key',
  'origin_key',
  'session_source',
  'started_at',
  'target',
  'auxiliary',
  'is_counted',
  'agent_id',
  'parent_id',
  'model',
  'stream',
  'previous_response_id',
  'prompt_preview',
  'prompt_exchange',
  'message_count',
  'request_bytes',
  'request_sha256',
  'request_truncated',
  'request_segment',
  'request_headers',
  'request_redacted',
  'request_redactions',
  'import_source',
] as const;

function requestRow(
  request: ExchangeRequest,
  keys: RequestKeys,
  origin: number,
): Record<(typeof REQUEST_COLUMNS)[number], Value> & { readonly prompt_preview: string | null } {
  return {
    exchange_id: request.id,
    session_key: keys.session,
    run_key: keys.run,
    origin_key: origin,
    session_source: request.sessionSource,
    started_at: request.startedAt,
    target: truncate(request.target, MAX_TARGET),
    auxiliary: request.auxiliary,
    is_counted: Number(isCounted(request.auxiliary)),
    agent_id: request.agentId,
    parent_id: request.parentId,
    model: request.model,
    stream: Number(request.stream),
    previous_response_id: request.previousResponseId,
    prompt_preview: clip(request.promptPreview, MAX_PREVIEW),
    prompt_exchange: null,
    message_count: request.messageCount,
    request_bytes: request.requestBody.bytes,
    request_sha256: sha256Of(request.requestBody),
    request_truncated: Number(request.requestBody.truncated),
    request_segment: keys.segment,
    request_headers: keys.headers,
    request_redacted: flag(request.requestBody.redacted),
    request_redactions: jsonOf(request.redactions),
    import_source: request.importedFrom ?? null,
  };
}

const END_COLUMNS = [
  'outcome',
  'ended_at',
  'error_code',
  'error_message',
  'status',
  'response_id',
  'model_used',
  'stop_reason',
  'response_bytes',
  'response_sha256',
  'response_truncated',
  'response_segment',
  'response_headers',
  'parts_segment',
  'is_partial',
  'is_usage_unknown',
  'received_ms',
  'sent_ms',
  'connect_ms',
  'first_byte_ms',
  'first_token_ms',
  'ended_ms',
  'overhead_ms',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
  'reasoning_tokens',
  'provider_usage',
  ...NUMBER_COLUMNS,
  'response_redacted',
  'response_redactions',
] as const;

type EndColumn = (typeof END_COLUMNS)[number];

function endRow(end: ExchangeEnd, keys: EndKeys): Record<EndColumn | 'exchange_key', Value> {
  return {
    exchange_key: keys.exchange,
    outcome: end.outcome,
    ended_at: end.endedAt,
    error_code: end.errorCode,
    error_message: clip(end.errorMessage, MAX_ERROR),
    status: end.status,
    response_id: end.responseId,
    model_used: end.modelUsed,
    stop_reason: end.stopReason,
    response_bytes: end.responseBody.bytes,
    response_sha256: sha256Of(end.responseBody),
    response_truncated: Number(end.responseBody.truncated),
    response_segment: keys.segment,
    response_headers: keys.headers,
    parts_segment: keys.parts,
    is_partial: Number(end.isPartial),
    is_usage_unknown: keys.isUsageUnknown,
    response_redacted: flag(end.responseBody.redacted),
    response_redactions: jsonOf(end.redactions),
    ...timingColumns(end),
    ...usageColumns(end),
    ...numberColumns(end),
  };
}

function timingColumns({ timing }: ExchangeEnd) {
  return {
    received_ms: timing.received,
    sent_ms: timing.sent,
    connect_ms: timing.connect,
    first_byte_ms: timing.firstByte,
    first_token_ms: timing.firstToken,
    ended_ms: timing.ended,
    overhead_ms: timing.overhead,
  };
}

function usageColumns({ usage, providerUsage }: ExchangeEnd) {
  return {
    input_tokens: usage?.input ?? null,
    output_tokens: usage?.output ?? null,
    cache_read_tokens: usage?.cacheRead ?? null,
    cache_write_5m_tokens: usage?.cacheWrite5m ?? null,
    cache_write_1h_tokens: usage?.cacheWrite1h ?? null,
    reasoning_tokens: usage?.reasoning ?? null,
    provider_usage: usageText(providerUsage),
  };
}

function clip(text: string | null, max: number): string | null {
  return text === null ? null : truncate(text, max);
}

function sha256Of(body: BodyFacts): Buffer | null {
  return body.sha256 === null ? null : Buffer.from(body.sha256, 'hex');
}

/** 1, or NULL as in rows of earlier versions. */
function flag(value: boolean | undefined): number | null {
  return value === true ? 1 : null;
}

function jsonOf(redactions: Redactions | undefined): string | null {
  return redactions === undefined ? null : JSON.stringify(redactions);
}
