/** A session's timeline, one exchange with its conversation, and bodies as they were on the wire. */
import type { Message, Part } from '../../core/conversation.ts';
import type { ToolResultRecord } from '../../core/exchange.ts';
import type {
  Direction,
  ExchangeDetail,
  ExchangePage,
  ExchangeSummary,
  ToolCallView,
} from '../../core/ports.ts';
import { answerPreview } from '../../dialects/preview.ts';
import { codecFor } from '../../dialects/registry.ts';
import { type BodyColumns, readBody, readDecoded } from '../bodies.ts';
import type { Database, Statement } from '../database.ts';
import type { SegmentReader } from '../segments/segment-store.ts';
import { unpackHeaders } from '../sqlite/headers.ts';
import { partsFromJson } from '../sqlite/parts.ts';
import { joinConversation, type Turn } from './conversation.ts';
import {
  EXCHANGE_ROWS,
  type ExchangeRow,
  endOf,
  requestBodyOf,
  requestJsonOf,
  requestOf,
  responseBodyOf,
} from './exchange-row.ts';

interface CallRow {
  readonly call_id: string;
  readonly name: string;
  readonly arguments: string;
  readonly duration_ms: number | null;
  readonly is_error: number | null;
  readonly result_bytes: number | null;
}

interface Page {
  readonly session: string;
  readonly limit: number;
  readonly offset: number;
  readonly turnsOnly: number;
}

/** Answers that one request continues by id: more than any conversation has turns. */
const MAX_CHAIN = 1_000;

export class ExchangeQueries {
  readonly #segments: SegmentReader;
  readonly #page: Statement<[Page], ExchangeRow>;
  readonly #one: Statement<[string], ExchangeRow>;
  readonly #chain: Statement<[{ key: number; max: number }], ExchangeRow>;
  readonly #calls: Statement<[number], CallRow>;
  readonly #results: Statement<[number], CallRow>;

  constructor(database: Database, segments: SegmentReader) {
    this.#segments = segments;
    this.#page = database.prepare(`${EXCHANGE_ROWS}
      WHERE session_key = (SELECT session_key FROM sessions WHERE session_id = @session)
        AND (auxiliary IS NULL OR NOT @turnsOnly)
      ORDER BY started_at, exchange_key LIMIT @limit OFFSET @offset`);
    this.#one = database.prepare(`${EXCHANGE_ROWS} WHERE exchange_id = ?`);
    // Keys fall along a chain, so that ids which refer to themselves cannot loop.
    this.#chain = database.prepare(`
      WITH RECURSIVE chain (exchange_key, previous, depth) AS (
        SELECT exchange_key, previous_response_id, 0 FROM exchanges WHERE exchange_key = @key
        UNION ALL
        SELECT earlier.exchange_key, earlier.previous_response_id, depth + 1
        FROM chain JOIN exchanges earlier ON earlier.exchange_key = (
          SELECT max(exchange_key) FROM exchanges
          WHERE response_id = chain.previous AND exchange_key < chain.exchange_key)
        WHERE depth < @max)
      ${EXCHANGE_ROWS} JOIN chain USING (exchange_key) WHERE depth > 0 ORDER BY depth DESC`);
    this.#calls = database.prepare(
      'SELECT * FROM tool_calls WHERE exchange_key = ? ORDER BY position',
    );
    this.#results = database.prepare('SELECT * FROM tool_calls WHERE result_exchange_key = ?');
  }

  page(
    session: string,
    { limit, offset, isWithoutAuxiliary = false }: ExchangePage,
  ): ExchangeSummary[] {
    const turnsOnly = Number(isWithoutAuxiliary);
    return this.#page.all({ session, limit, offset, turnsOnly }).map((row) => this.#summaryOf(row));
  }

  one(exchangeId: string): ExchangeDetail | null {
    const row = this.#one.get(exchangeId);
    if (row === undefined) return null;
    const summary = this.#summaryOf(row);
    const answer = this.#answerOf(row);
    return {
      ...summary,
      toolCalls: summary.toolCalls.map((call) => withWholeArguments(call, answer)),
      messages: this.#messagesOf(row),
      answer,
      responseHeaders:
        row.response_headers === null ? [] : unpackHeaders(row.response_headers, this.#segments),
    };
  }

  rawBody(exchangeId: string, direction: Direction): Uint8Array | null {
    const row = this.#one.get(exchangeId);
    if (row === undefined) return null;
    return readBody(bodyOf(row, direction), this.#segments);
  }

  decodedBody(exchangeId: string, direction: Direction): Uint8Array | null {
    const row = this.#one.get(exchangeId);
    if (row === undefined) return null;
    const packed = direction === 'request' ? row.request_headers : row.response_headers;
    const headers = packed === null ? [] : unpackHeaders(packed, this.#segments);
    return readDecoded(bodyOf(row, direction), headers, this.#segments);
  }

  #summaryOf(row: ExchangeRow): ExchangeSummary {
    const request = requestOf(row, {
      requestHeaders: unpackHeaders(row.request_headers, this.#segments),
      toolResults: this.#results.all(row.exchange_key).map(resultOf),
    });
    return {
      ...request,
      end: endOf(row),
      toolCalls: this.#calls.all(row.exchange_key).map(callOf),
      answerPreview: answerPreview(this.#answerOf(row)),
    };
  }

  /** The whole known conversation: what a request only refers to is joined from earlier ones. */
  #messagesOf(row: ExchangeRow): Message[] {
    const earlier =
      row.previous_response_id === null
        ? []
        : this.#chain.all({ key: row.exchange_key, max: MAX_CHAIN });
    const turns = earlier.map(
      (turn): Turn => ({ messages: this.#requestMessages(turn), answer: this.#answerOf(turn) }),
    );
    return joinConversation([...turns, { messages: this.#requestMessages(row), answer: [] }]);
  }

  #requestMessages(row: ExchangeRow): readonly Message[] {
    if (row.dialect === null) return [];
    const body = requestJsonOf(row, this.#segments);
    return body === null ? [] : codecFor(row.dialect).parseRequest(body).messages;
  }

  #answerOf(row: ExchangeRow): Part[] {
    return row.parts_segment === null ? [] : partsFromJson(this.#segments.get(row.parts_segment));
  }
}

function bodyOf(row: ExchangeRow, direction: Direction): BodyColumns {
  return direction === 'request' ? requestBodyOf(row) : responseBodyOf(row);
}

function callOf(row: CallRow): ToolCallView {
  return {
    id: row.call_id,
    name: row.name,
    arguments: row.arguments,
    durationMs: row.duration_ms,
    isError: flag(row.is_error),
    resultBytes: row.result_bytes,
  };
}

function resultOf(row: CallRow): ToolResultRecord {
  return { id: row.call_id, bytes: row.result_bytes ?? 0, isError: flag(row.is_error) };
}

function flag(value: number | null): boolean | null {
  return value === null ? null : value === 1;
}

/** The table keeps the first characters only; the answer has them all. */
function withWholeArguments(call: ToolCallView, answer: readonly Part[]): ToolCallView {
  for (const part of answer) {
    if (part.type === 'tool-call' && part.id === call.id) {
      return { ...call, arguments: part.arguments };
    }
  }
  return call;
}
