/** The list of sessions, one session, and ids by their beginning. */
import { type ClientName, OTHER_SESSION } from '../../core/exchange.ts';
import type { SessionFilter, SessionOrder, SessionSummary } from '../../core/ports.ts';
import type { Database, Statement } from '../database.ts';
import { type CostColumns, costSumOf, type UsageColumns, usageOf } from './exchange-row.ts';

interface SessionRow extends UsageColumns, CostColumns {
  readonly session_id: string;
  readonly started_at: number;
  readonly last_activity_at: number;
  readonly client: ClientName;
  readonly provider: string;
  readonly model_used: string | null;
  readonly title: string | null;
  readonly request_count: number;
  readonly error_count: number;
  readonly usage_count: number;
  readonly unknown_usage_count: number;
  readonly tool_call_count: number;
  readonly project: string | null;
  readonly is_pinned: number;
}

interface ListParameters {
  readonly limit: number;
  readonly value: number | string | null;
  readonly after: string | null;
  readonly since: number | null;
  readonly text: string | null;
  readonly model: string | null;
  readonly client: string | null;
  readonly provider: string | null;
  readonly hidden: string;
}

const ORDERS: Readonly<Record<SessionOrder, string>> = {
  activity: 'last_activity_at',
  started: 'started_at',
  client: 'client',
  requests: 'request_count',
  input: 'input_tokens',
  output: 'output_tokens',
  cache: 'ifnull(CAST(cache_read_tokens AS REAL) / nullif(input_tokens, 0), -1)',
  cost: 'cost_nano_usd',
  tools: 'tool_call_count',
  errors: 'error_count',
};

export class SessionQueries {
  readonly #lists = new Map<string, Statement<[ListParameters], SessionRow>>();
  readonly #database: Database;
  readonly #one: Statement<[string], SessionRow>;
  readonly #newest: Statement<[string], { session_id: string }>;
  readonly #byPrefix: Statement<[{ prefix: string; limit: number }], { session_id: string }>;

  constructor(database: Database) {
    this.#database = database;
    this.#one = database.prepare('SELECT * FROM sessions WHERE session_id = ?');
    this.#newest = database.prepare(
      'SELECT session_id FROM sessions WHERE session_id <> ? ORDER BY last_activity_at DESC, session_key DESC LIMIT 1',
    );
    // `>=` uses the index; substr is exact where LIKE would give % and _ a meaning.
    this.#byPrefix = database.prepare(`
      SELECT session_id FROM sessions
      WHERE session_id >= @prefix AND substr(session_id, 1, length(@prefix)) = @prefix
      ORDER BY last_activity_at DESC, session_key DESC LIMIT @limit`);
  }

  /** Largest or newest of `orderBy` first; newest activity when nothing is said. */
  list(filter: SessionFilter): SessionSummary[] {
    const parameters = {
      limit: filter.limit,
      value: filter.after?.value ?? null,
      after: filter.after?.sessionId ?? null,
      since: filter.since ?? null,
      text: filter.text ?? null,
      model: filter.model ?? null,
      client: filter.client ?? null,
      provider: filter.provider ?? null,
      hidden: OTHER_SESSION,
    };
    return this.#listBy(filter.orderBy ?? 'activity', filter.after !== undefined)
      .all(parameters)
      .map(summaryOf);
  }

  /** Keys first: whole rows are sorted more slowly. Behind a place a page begins in the index, however far down it is. */
  #listBy(order: SessionOrder, isBehind: boolean): Statement<[ListParameters], SessionRow> {
    const key = `${order} ${isBehind}`;
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const place = `${ORDERS[order]} <= @value AND (${ORDERS[order]}, session_key) <
      (@value, (SELECT session_key FROM sessions WHERE session_id = @after))`;
    const made: Statement<[ListParameters], SessionRow> = this.#database.prepare(`
      WITH page AS MATERIALIZED (
      SELECT session_key FROM sessions
      WHERE session_id <> @hidden ${isBehind ? `AND ${place}` : ''}
        AND (@since IS NULL OR last_activity_at >= @since)
        AND (@text IS NULL OR instr(lower(title), lower(@text)) > 0
          OR instr(lower(project), lower(@text)) > 0 OR instr(session_id, @text) > 0)
        AND (@model IS NULL OR instr(lower(model_used), lower(@model)) > 0)
        AND (@client IS NULL OR client = @client)
        AND (@provider IS NULL OR provider = @provider)
      ORDER BY ${ORDERS[order]} DESC, session_key DESC LIMIT @limit)
      SELECT sessions.* FROM page CROSS JOIN sessions USING (session_key)
      ORDER BY ${ORDERS[order]} DESC, session_key DESC`);
    this.#lists.set(key, made);
    return made;
  }

  one(sessionId: string): SessionSummary | null {
    const row = this.#one.get(sessionId);
    return row === undefined ? null : summaryOf(row);
  }

  /** A whole id is itself, even where longer ones begin with it. */
  resolve(prefix: string, limit: number): string[] {
    if (prefix === '') return [];
    if (this.#one.get(prefix) !== undefined) return [prefix];
    const rows =
      prefix === 'last' ? this.#newest.all(OTHER_SESSION) : this.#byPrefix.all({ prefix, limit });
    return rows.map((row) => row.session_id);
  }
}

function summaryOf(row: SessionRow): SessionSummary {
  return {
    sessionId: row.session_id,
    startedAt: row.started_at,
    lastActivityAt: row.last_activity_at,
    client: row.client,
    provider: row.provider,
    modelUsed: row.model_used,
    title: row.title,
    requests: row.request_count,
    errors: row.error_count,
    usage: row.usage_count === 0 ? null : usageOf(row),
    unknownUsage: row.unknown_usage_count,
    cost: costSumOf(row, row.usage_count + row.unknown_usage_count),
    project: row.project,
    toolCalls: row.tool_call_count,
    isPinned: row.is_pinned === 1,
  };
}
