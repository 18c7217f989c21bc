/**
 * Exchanges as lists show them, page by page from the newest. Reads no segment: a page of a thousand
 * costs milliseconds, whatever the history holds.
 */
import type { ClientName, ExchangeRequest, Outcome } from '../../core/exchange.ts';
import type { ExchangeLine, TimelineFilter } from '../../core/ports.ts';
import type { Database, Statement } from '../database.ts';
import { PROMPT_PREVIEW_SQL } from '../sqlite/exchange-rows.ts';
import { costOfRow } from '../sqlite/number-columns.ts';
import { type UsageColumns, usageOf } from './exchange-row.ts';

interface LineRow extends UsageColumns {
  readonly exchange_id: string;
  readonly session_id: string;
  readonly started_at: number;
  readonly client: ClientName;
  readonly auxiliary: ExchangeRequest['auxiliary'];
  readonly method: string;
  readonly target: string;
  readonly model: string | null;
  readonly model_used: string | null;
  readonly prompt_preview: string | null;
  readonly status: number | null;
  readonly outcome: Outcome | null;
  readonly error_code: string | null;
  readonly first_token_ms: number | null;
  readonly ended_ms: number | null;
  readonly cost_nano_usd: number | null;
  readonly cost_certainty: string | null;
  readonly price_version: string | null;
  readonly tool_names: string;
}

interface PageParameters {
  readonly session: string | null;
  readonly at: number;
  readonly id: string;
  readonly limit: number;
}

/** Names of one exchange's calls that a list shows. */
const MAX_NAMES = 8;

const linesBy = (direction: 'ASC' | 'DESC'): string => `
  SELECT exchange_id, session_id, exchanges.started_at, origins.client, auxiliary, method, target,
    model, exchanges.model_used, ${PROMPT_PREVIEW_SQL}, status, outcome, error_code, first_token_ms,
    ended_ms, exchanges.input_tokens, exchanges.output_tokens, exchanges.cache_read_tokens,
    exchanges.cache_write_5m_tokens, exchanges.cache_write_1h_tokens, exchanges.reasoning_tokens,
    exchanges.cost_nano_usd, cost_certainty, price_version,
    (SELECT json_group_array(name) FROM (
      SELECT name FROM tool_calls WHERE tool_calls.exchange_key = exchanges.exchange_key
      ORDER BY position LIMIT ${MAX_NAMES})) AS tool_names
  FROM page CROSS JOIN exchanges USING (exchange_key)
    CROSS JOIN origins USING (origin_key) CROSS JOIN sessions USING (session_key)
  ORDER BY exchanges.started_at ${direction}, exchange_key ${direction}`;
/** The page first, by its index alone: the rest is looked up for its few rows. */
const BEFORE = `started_at <= @at AND (started_at, exchange_key) <
  (@at, (SELECT exchange_key FROM exchanges WHERE exchange_id = @id))
  ORDER BY started_at DESC, exchange_key DESC LIMIT @limit`;
const AFTER = `started_at >= @at AND (started_at, exchange_key) >
  (@at, ifnull((SELECT exchange_key FROM exchanges WHERE exchange_id = @id), -1))
  ORDER BY started_at, exchange_key LIMIT @limit`;

export class TimelineQueries {
  readonly #all: Pages;
  readonly #ofSession: Pages;

  constructor(database: Database) {
    const ofSession =
      'session_key = (SELECT session_key FROM sessions WHERE session_id = @session)';
    this.#all = pagesOf(database, '1');
    this.#ofSession = pagesOf(database, ofSession);
  }

  list({ limit, sessionId, before, after }: TimelineFilter): ExchangeLine[] {
    const pages = sessionId === undefined ? this.#all : this.#ofSession;
    const place = after ?? before;
    const parameters = {
      session: sessionId ?? null,
      at: place?.startedAt ?? Number.MAX_SAFE_INTEGER,
      id: place?.id ?? '',
      limit,
    };
    return pages[after === undefined ? 'before' : 'after'].all(parameters).map(lineOf);
  }
}

/** Newest first before a place, oldest first after it. */
type Pages = Readonly<Record<'before' | 'after', Statement<[PageParameters], LineRow>>>;

function pagesOf(database: Database, where: string): Pages {
  const prepare = (place: string, direction: 'ASC' | 'DESC'): Pages['before'] =>
    database.prepare(`
      WITH page AS MATERIALIZED (SELECT exchange_key FROM exchanges WHERE ${where} AND ${place})
      ${linesBy(direction)}`);
  return { before: prepare(BEFORE, 'DESC'), after: prepare(AFTER, 'ASC') };
}

function lineOf(row: LineRow): ExchangeLine {
  const names: unknown = JSON.parse(row.tool_names);
  return {
    id: row.exchange_id,
    sessionId: row.session_id,
    startedAt: row.started_at,
    client: row.client,
    auxiliary: row.auxiliary,
    method: row.method,
    target: row.target,
    model: row.model_used ?? row.model,
    promptPreview: row.prompt_preview,
    status: row.status,
    outcome: row.outcome,
    errorCode: row.error_code,
    usage: usageOf(row),
    cost: costOfRow(row),
    firstTokenMs: row.first_token_ms,
    durationMs: row.ended_ms,
    toolNames: Array.isArray(names) ? names.map(String) : [],
  };
}
