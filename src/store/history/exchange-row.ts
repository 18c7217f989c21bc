/** A row of `exchanges` as the rest of the program knows it. Pure mapping, no SQL but the column list. */
import type { Dialect } from '../../core/conversation.ts';
import type { CostSum } from '../../core/cost.ts';
import type {
  Auxiliary,
  BodyFacts,
  ClientName,
  ExchangeRequest,
  ImportSource,
  Outcome,
  SessionSource,
  Timing,
  ToolResultRecord,
} from '../../core/exchange.ts';
import type { ExchangeSummary } from '../../core/ports.ts';
import type { Redactions } from '../../core/redactions.ts';
import type { Usage } from '../../core/usage.ts';
import { type BodyColumns, readJson } from '../bodies.ts';
import type { SegmentReader } from '../segments/segment-store.ts';
import { PROMPT_PREVIEW_SQL } from '../sqlite/exchange-rows.ts';
import { unpackHeaders } from '../sqlite/headers.ts';
import {
  costOfRow,
  detailsOfRow,
  estimateOfRow,
  gapsOfRow,
  type NumberColumns,
} from '../sqlite/number-columns.ts';
import { usageOfText } from '../sqlite/usage-text.ts';

export interface ExchangeRow extends NumberColumns {
  readonly exchange_key: number;
  readonly exchange_id: string;
  readonly session_id: string;
  readonly project: string | null;
  readonly session_source: SessionSource;
  readonly started_at: number;
  readonly client: ClientName;
  readonly client_version: string | null;
  readonly user_agent: string | null;
  readonly provider: string;
  readonly dialect: Dialect | null;
  readonly transport: 'http' | 'websocket';
  readonly method: string;
  readonly target: string;
  readonly upstream: string;
  readonly auxiliary: Auxiliary;
  readonly is_counted: number;
  readonly agent_id: string | null;
  readonly parent_id: string | null;
  readonly model: string | null;
  readonly stream: number;
  readonly previous_response_id: string | null;
  readonly prompt_preview: string | null;
  readonly message_count: number | null;
  readonly request_bytes: number;
  readonly request_sha256: Uint8Array | null;
  readonly request_truncated: number;
  readonly request_segment: number | null;
  readonly request_headers: Uint8Array;
  readonly outcome: Outcome | null;
  readonly ended_at: number | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly status: number | null;
  readonly response_id: string | null;
  readonly model_used: string | null;
  readonly stop_reason: string | null;
  readonly response_bytes: number | null;
  readonly response_sha256: Uint8Array | null;
  readonly response_truncated: number | null;
  readonly response_segment: number | null;
  readonly response_headers: Uint8Array | null;
  readonly parts_segment: number | null;
  readonly is_partial: number | null;
  readonly is_usage_unknown: number | null;
  readonly received_ms: number | null;
  readonly sent_ms: number | null;
  readonly connect_ms: number | null;
  readonly first_byte_ms: number | null;
  readonly first_token_ms: number | null;
  readonly ended_ms: number | null;
  readonly overhead_ms: number | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cache_read_tokens: number | null;
  readonly cache_write_5m_tokens: number | null;
  readonly cache_write_1h_tokens: number | null;
  readonly reasoning_tokens: number | null;
  readonly provider_usage: string | null;
  readonly request_redacted: number | null;
  readonly response_redacted: number | null;
  readonly request_redactions: string | null;
  readonly response_redactions: string | null;
  readonly import_source: ImportSource | null;
}

/** What belongs to a row but lies elsewhere. */
export interface Beside {
  readonly requestHeaders: readonly string[];
  readonly toolResults: readonly ToolResultRecord[];
}

export const EXCHANGE_ROWS = `
  SELECT exchanges.*, origins.*, session_id, project, ${PROMPT_PREVIEW_SQL}
  FROM exchanges JOIN origins USING (origin_key) JOIN sessions USING (session_key)`;

export function requestOf(row: ExchangeRow, beside: Beside): ExchangeRequest {
  return {
    id: row.exchange_id,
    sessionId: row.session_id,
    sessionSource: row.session_source,
    startedAt: row.started_at,
    client: row.client,
    clientVersion: row.client_version,
    userAgent: row.user_agent,
    provider: row.provider,
    dialect: row.dialect,
    transport: row.transport,
    method: row.method,
    target: row.target,
    upstream: row.upstream,
    auxiliary: row.auxiliary,
    agentId: row.agent_id,
    parentId: row.parent_id,
    model: row.model,
    stream: row.stream === 1,
    previousResponseId: row.previous_response_id,
    promptPreview: row.prompt_preview,
    project: row.project,
    messageCount: row.message_count,
    requestBody: factsOf(requestBodyOf(row)),
    ...redactionsOf(row.request_redactions),
    ...(row.import_source === null ? {} : { importedFrom: row.import_source }),
    ...beside,
  };
}

/** Null while the exchange runs. */
export function endOf(row: ExchangeRow): ExchangeSummary['end'] {
  if (row.outcome === null || row.ended_at === null) return null;
  return {
    id: row.exchange_id,
    sessionId: row.session_id,
    endedAt: row.ended_at,
    outcome: row.outcome,
    errorCode: row.error_code,
    errorMessage: row.error_message,
    status: row.status,
    responseId: row.response_id,
    modelUsed: row.model_used,
    stopReason: row.stop_reason,
    usage: usageOf(row),
    providerUsage: usageOfText(row.provider_usage),
    details: detailsOfRow(row),
    estimate: estimateOfRow(row),
    cost: costOfRow(row),
    timing: timingOfRow(row),
    responseBody: factsOf(responseBodyOf(row)),
    isPartial: row.is_partial !== 0,
    ...redactionsOf(row.response_redactions),
  };
}

/** What a Timing is made of. */
export type TimingColumns = Parameters<typeof gapsOfRow>[0] &
  Pick<
    ExchangeRow,
    | 'received_ms'
    | 'sent_ms'
    | 'connect_ms'
    | 'first_byte_ms'
    | 'first_token_ms'
    | 'ended_ms'
    | 'overhead_ms'
  >;

export function timingOfRow(row: TimingColumns): Timing {
  return {
    received: row.received_ms,
    sent: row.sent_ms,
    connect: row.connect_ms,
    firstByte: row.first_byte_ms,
    firstToken: row.first_token_ms,
    ended: row.ended_ms,
    overhead: row.overhead_ms,
    tokenGaps: gapsOfRow(row),
  };
}

/** Columns of tokens, of an exchange or summed. */
export interface UsageColumns {
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cache_read_tokens: number | null;
  readonly cache_write_5m_tokens: number | null;
  readonly cache_write_1h_tokens: number | null;
  readonly reasoning_tokens: number | null;
}

/** Columns of money, summed. */
export interface CostColumns {
  readonly cost_nano_usd: number;
  readonly exact_cost_count: number;
  readonly estimated_cost_count: number;
}

/** `spent`: exchanges that cost something, priced or not. */
export function costSumOf(row: CostColumns, spent: number): CostSum {
  const exact = row.exact_cost_count;
  const estimated = row.estimated_cost_count;
  return { nanoUsd: row.cost_nano_usd, exact, estimated, unpriced: spent - exact - estimated };
}

/** Null when the provider sent none. */
export function usageOf(row: UsageColumns): Usage | null {
  if (row.input_tokens === null) return null;
  return {
    input: row.input_tokens,
    cacheRead: row.cache_read_tokens ?? 0,
    cacheWrite5m: row.cache_write_5m_tokens ?? 0,
    cacheWrite1h: row.cache_write_1h_tokens ?? 0,
    output: row.output_tokens ?? 0,
    reasoning: row.reasoning_tokens ?? 0,
  };
}

/** The request's body as JSON; null where none was stored or it is none. */
export function requestJsonOf(row: ExchangeRow, segments: SegmentReader): unknown {
  return readJson(requestBodyOf(row), unpackHeaders(row.request_headers, segments), segments);
}

export function requestBodyOf(row: ExchangeRow): BodyColumns {
  return {
    bytes: row.request_bytes,
    sha256: row.request_sha256,
    truncated: row.request_truncated,
    segment: row.request_segment,
    redacted: row.request_redacted,
  };
}

export function responseBodyOf(row: ExchangeRow): BodyColumns {
  return {
    bytes: row.response_bytes,
    sha256: row.response_sha256,
    truncated: row.response_truncated,
    segment: row.response_segment,
    redacted: row.response_redacted,
  };
}

function factsOf(body: BodyColumns): BodyFacts {
  return {
    bytes: body.bytes ?? 0,
    sha256: body.sha256 === null ? null : Buffer.from(body.sha256).toString('hex'),
    truncated: body.truncated === 1,
    ...(body.redacted === 1 ? { redacted: true } : {}),
  };
}

function redactionsOf(json: string | null): { redactions?: Redactions } {
  return json === null ? {} : { redactions: JSON.parse(json) };
}
