/**
 * One stored exchange through the same stage that new ones go through, and back into its row. Runs
 * inside the caller's transaction.
 */
import type { ExchangeEnd, ExchangeRequest } from '../../core/exchange.ts';
import { addRedactions, NO_REDACTIONS, type Redactions } from '../../core/redactions.ts';
import type { Database } from '../database.ts';
import { type ExchangeRow, endOf, requestOf } from '../history/exchange-row.ts';
import { ExchangeIndexer } from '../search/exchange-indexer.ts';
import { SegmentReader, SegmentStore } from '../segments/segment-store.ts';
import type { SinkItem } from '../sink.ts';
import { HeaderWriter, unpackHeaders } from '../sqlite/headers.ts';
import { partsFromJson, partsToJson } from '../sqlite/parts.ts';
import type { ExchangeRedaction } from './exchange-redaction.ts';

type RequestItem = Extract<SinkItem, { kind: 'request' }>;
type EndItem = Extract<SinkItem, { kind: 'end' }>;

export interface Redacted {
  readonly request: RequestItem;
  readonly end: EndItem | null;
  readonly redactions: Redactions;
}

const NOTHING = new Uint8Array(0);

export class StoredRedaction {
  readonly #database: Database;
  readonly #redaction: ExchangeRedaction;
  readonly #reader: SegmentReader;
  readonly #segments: SegmentStore;
  readonly #headers: HeaderWriter;
  readonly #indexer: ExchangeIndexer;

  constructor(database: Database, redaction: ExchangeRedaction) {
    this.#database = database;
    this.#redaction = redaction;
    this.#reader = new SegmentReader(database);
    this.#segments = new SegmentStore(database);
    this.#headers = new HeaderWriter(this.#segments);
    this.#indexer = new ExchangeIndexer(database);
  }

  /** What redaction makes of it; `redactions` counts only what was still there. */
  look(row: ExchangeRow): Redacted {
    const request = this.#redaction.request(this.#requestItem(row));
    const endItem = this.#endItem(row, request.request);
    const end = endItem === null ? null : this.#redaction.end(endItem);
    return {
      request,
      end,
      redactions: addRedactions(
        request.request.redactions ?? NO_REDACTIONS,
        end?.end.redactions ?? NO_REDACTIONS,
      ),
    };
  }

  write(row: ExchangeRow, { request, end }: Redacted): void {
    this.#update(row, this.#requestColumns(row, request));
    if (end !== null) this.#update(row, this.#endColumns(row, end));
    this.#renameSession(row.session_id, request.request.sessionId);
  }

  /** Where several exchanges share a row: titles, origins, the short form of tool calls. */
  redactShared(): void {
    this.#redactColumn('sessions', 'title');
    this.#redactColumn('sessions', 'project');
    this.#redactColumn('origins', 'user_agent');
    this.#redactColumn('origins', 'upstream');
    this.#redactColumn('tool_calls', 'arguments');
  }

  /** Indexes what is left of it, and packs its headers anew: their old base held what was replaced. */
  finish(row: ExchangeRow, segments: SegmentReader): void {
    const pack = (packed: Uint8Array | null, family: string): Uint8Array | null =>
      packed === null ? null : this.#headers.pack(unpackHeaders(packed, segments), family);
    const family = `${row.client} ${row.provider} ${row.method} ${row.transport}`;
    this.#update(row, {
      request_headers: pack(row.request_headers, `request ${family}`),
      response_headers: pack(row.response_headers, `response ${family}`),
    });
    this.#indexer.add(row, segments);
  }

  #requestItem(row: ExchangeRow): RequestItem {
    const requestHeaders = unpackHeaders(row.request_headers, this.#reader);
    const { redactions: _, ...request } = requestOf(row, { requestHeaders, toolResults: [] });
    return {
      kind: 'request',
      request,
      view: null,
      body: this.#bytes(row.request_segment),
      decoded: null,
    };
  }

  #endItem(row: ExchangeRow, request: ExchangeRequest): EndItem | null {
    const end = endOf(row);
    if (end === null) return null;
    const { redactions: _, ...facts } = end;
    const whole: ExchangeEnd = {
      ...facts,
      parts: row.parts_segment === null ? [] : partsFromJson(this.#reader.get(row.parts_segment)),
      toolCalls: [],
      rateLimits: null,
      responseHeaders:
        row.response_headers === null ? [] : unpackHeaders(row.response_headers, this.#reader),
    };
    return { kind: 'end', request, end: whole, body: this.#bytes(row.response_segment) };
  }

  #bytes(segment: number | null): Uint8Array {
    return segment === null ? NOTHING : this.#reader.get(segment);
  }

  #put(bytes: Uint8Array): number | null {
    return bytes.length === 0 ? null : this.#segments.putBody(bytes).segment;
  }

  #requestColumns(row: ExchangeRow, { request, body }: RequestItem): Columns {
    return {
      target: request.target,
      agent_id: request.agentId,
      parent_id: request.parentId,
      model: request.model,
      previous_response_id: request.previousResponseId,
      prompt_preview: request.promptPreview,
      request_segment: this.#put(body),
      request_truncated: Number(request.requestBody.truncated),
      request_redacted: request.requestBody.redacted === true ? 1 : null,
      request_redactions: sumJson(row.request_redactions, request.redactions),
      request_headers: this.#headers.pack(request.requestHeaders, 'redacted request'),
    };
  }

  #endColumns(row: ExchangeRow, { end, body }: EndItem): Columns {
    const parts = end.parts.length === 0 ? null : this.#segments.putJson(partsToJson(end.parts));
    const response = this.#put(body);
    // The same stream may stand there as an echo of what the parts said before.
    if (response !== null && parts !== row.parts_segment) this.#segments.detach(response);
    return {
      error_code: end.errorCode,
      error_message: end.errorMessage,
      response_id: end.responseId,
      model_used: end.modelUsed,
      stop_reason: end.stopReason,
      response_segment: response,
      response_truncated: Number(end.responseBody.truncated),
      parts_segment: parts,
      response_redacted: end.responseBody.redacted === true ? 1 : null,
      response_redactions: sumJson(row.response_redactions, end.redactions),
      response_headers: this.#headers.pack(end.responseHeaders, 'redacted response'),
    };
  }

  #update(row: ExchangeRow, columns: Columns): void {
    const changes = Object.keys(columns).map((column) => `${column} = @${column}`);
    this.#database
      .prepare<[Columns]>(`UPDATE exchanges SET ${changes.join(', ')} WHERE exchange_key = @key`)
      .run({ ...columns, key: row.exchange_key });
  }

  #renameSession(from: string, to: string): void {
    if (from === to) return;
    this.#database
      .prepare<[string, string]>(
        'UPDATE OR IGNORE sessions SET session_id = ? WHERE session_id = ?',
      )
      .run(to, from);
  }

  #redactColumn(table: string, column: string): void {
    const values: unknown[] = this.#database
      .prepare(`SELECT DISTINCT ${column} FROM ${table} WHERE ${column} IS NOT NULL`)
      .pluck()
      .all();
    const change = this.#database.prepare<[string, string]>(
      `UPDATE ${table} SET ${column} = ? WHERE ${column} = ?`,
    );
    for (const value of values.map(String)) {
      const text = this.#redaction.text(value);
      if (text !== value) change.run(text, value);
    }
  }
}

type Columns = Readonly<Record<string, string | number | Uint8Array | null>>;

function sumJson(before: string | null, added: Redactions | undefined): string | null {
  if (added === undefined) return before;
  const known: Redactions = before === null ? NO_REDACTIONS : JSON.parse(before);
  return JSON.stringify(addRedactions(known, added));
}
