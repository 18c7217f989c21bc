/**
 * Writes what a stored exchange says now over what it said before: its row, tool calls, texts, and the
 * difference in its session's sums. Runs inside the caller's transaction.
 */
import type { ExchangeEnd, ExchangeRequest } from '../../core/exchange.ts';
import { isCounted } from '../../core/stats.ts';
import type { Database, Statement } from '../database.ts';
import type { ExchangeRow } from '../history/exchange-row.ts';
import { TextIndex } from '../search/text-index.ts';
import { SegmentStore } from '../segments/segment-store.ts';
import { NUMBER_COLUMNS, numberColumns } from '../sqlite/number-columns.ts';
import { partsToJson } from '../sqlite/parts.ts';
import { SessionRows } from '../sqlite/session-rows.ts';
import { storedSums } from '../sqlite/stored-sums.ts';
import { type Sums, subtractSums, sumsOf } from '../sqlite/sums.ts';
import { ToolCallRows } from '../sqlite/tool-calls.ts';
import { usageText } from '../sqlite/usage-text.ts';
import type { Reread } from './reread.ts';

type Values = Readonly<Record<string, string | number | null>>;

/** Columns that parsers decide. */
const COLUMNS = [
  'auxiliary',
  'is_counted',
  'model',
  'stream',
  'previous_response_id',
  'prompt_preview',
  'message_count',
  'outcome',
  'error_code',
  'error_message',
  'response_id',
  'model_used',
  'stop_reason',
  'parts_segment',
  'is_usage_unknown',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
  'reasoning_tokens',
  'provider_usage',
  ...NUMBER_COLUMNS,
] as const;

interface Keys {
  readonly exchange: number;
  readonly session: number;
}

export class ExchangeRewriter {
  readonly #segments: SegmentStore;
  readonly #sessions: SessionRows;
  readonly #toolCalls: ToolCallRows;
  readonly #index: TextIndex;
  readonly #sessionKey: Statement<[number], { session_key: number; calls: number }>;
  readonly #update: Statement<[Values]>;
  readonly #title: Statement<[Values]>;
  readonly #forgetCalls: Statement<[number]>;
  readonly #forgetTexts: Statement<[number]>;
  readonly #forgetDocs: Statement<[number]>;

  constructor(database: Database) {
    this.#segments = new SegmentStore(database);
    this.#sessions = new SessionRows(database);
    this.#toolCalls = new ToolCallRows(database);
    this.#index = new TextIndex(database, this.#segments);
    this.#sessionKey = database.prepare(`
      SELECT session_key, (SELECT count(*) FROM tool_calls WHERE exchange_key = exchanges.exchange_key) AS calls
      FROM exchanges WHERE exchange_key = ?`);
    const changes = COLUMNS.map((column) => `${column} = @${column}`).join(', ');
    this.#update = database.prepare(
      `UPDATE exchanges SET ${changes} WHERE exchange_key = @exchange`,
    );
    this.#title = database.prepare(`
      UPDATE sessions SET title = coalesce(title, @title), request_count = request_count + @requests
      WHERE session_key = @session`);
    this.#forgetCalls = database.prepare('DELETE FROM tool_calls WHERE exchange_key = ?');
    const answers = `SELECT doc_key FROM docs WHERE exchange_key = ? AND source = 'answer'`;
    this.#forgetTexts = database.prepare(`DELETE FROM texts WHERE rowid IN (${answers})`);
    this.#forgetDocs = database.prepare(
      `DELETE FROM docs WHERE exchange_key = ? AND source = 'answer'`,
    );
  }

  /** Forgets remembered keys: needed after others deleted something. */
  forget(): void {
    this.#segments.forget();
    this.#toolCalls.forget();
    this.#index.forget();
  }

  /** True when something changed. */
  rewrite(row: ExchangeRow, news: Reread): boolean {
    const known = this.#sessionKey.get(row.exchange_key);
    if (known === undefined) return false;
    const keys = { exchange: row.exchange_key, session: known.session_key };
    const { request, end } = news;
    const parts = end.parts.length === 0 ? null : this.#segments.putJson(partsToJson(end.parts));
    const sums = sumsOf({
      ...end,
      auxiliary: request.auxiliary,
      hasDialect: true,
      toolCalls: end.toolCalls.length,
    });
    const values = valuesOf(request, end, { parts, isUsageUnknown: sums.unknown_usage_count });
    this.#toolCalls.answered(keys, request);
    if (COLUMNS.every((column) => row[column] === values[column])) return false;
    this.#update.run({ ...values, exchange: keys.exchange });
    this.#addSums(row, news, { keys, sums: subtractSums(sums, storedSums(row, known.calls)) });
    this.#rewriteContent(keys, news, { parts, hasNewParts: parts !== row.parts_segment });
    return true;
  }

  #addSums(
    row: ExchangeRow,
    { request, end }: Reread,
    { keys, sums }: { keys: Keys; sums: Sums },
  ): void {
    const isTurn = request.auxiliary === null;
    const requests = Number(isCounted(request.auxiliary)) - Number(isCounted(row.auxiliary));
    this.#title.run({
      session: keys.session,
      title: isTurn ? request.promptPreview : null,
      requests,
    });
    const { session } = keys;
    this.#sessions.add({ session, at: end.endedAt, model: isTurn ? end.modelUsed : null }, sums);
  }

  #rewriteContent(
    keys: Keys,
    { request, end, decoded }: Reread,
    { parts, hasNewParts }: { parts: number | null; hasNewParts: boolean },
  ): void {
    if (hasNewParts) {
      this.#forgetCalls.run(keys.exchange);
      this.#forgetTexts.run(keys.exchange);
      this.#forgetDocs.run(keys.exchange);
      this.#toolCalls.asked(keys, end);
    }
    const { dialect, auxiliary } = request;
    if (dialect === null || auxiliary !== null) return;
    if (decoded !== null) {
      const layout = this.#segments.putLayout(decoded);
      this.#index.addRequest(keys, { dialect, body: decoded, layout });
    }
    if (parts !== null && hasNewParts) this.#index.addAnswer(keys, end.parts, parts);
    this.#index.write();
  }
}

function valuesOf(
  request: ExchangeRequest,
  end: ExchangeEnd,
  { parts, isUsageUnknown }: { parts: number | null; isUsageUnknown: number },
): Values {
  const { usage, providerUsage } = end;
  return {
    auxiliary: request.auxiliary,
    is_counted: Number(isCounted(request.auxiliary)),
    model: request.model,
    stream: Number(request.stream),
    previous_response_id: request.previousResponseId,
    prompt_preview: request.promptPreview,
    message_count: request.messageCount,
    outcome: end.outcome,
    error_code: end.errorCode,
    error_message: end.errorMessage,
    response_id: end.responseId,
    model_used: end.modelUsed,
    stop_reason: end.stopReason,
    parts_segment: parts,
    is_usage_unknown: isUsageUnknown,
    input_tokens: usage?.input ?? null,
    output_tokens: usage?.output ?? null,
    cache_read_tokens: usage?.cacheRead ?? null,
    cache_write_5m_tokens: usage?.cacheWrite5m ?? null,
    cache_write_1h_tokens: usage?.cacheWrite1h ?? null,
    reasoning_tokens: usage?.reasoning ?? null,
    provider_usage: usageText(providerUsage),
    ...numberColumns(end),
  };
}
