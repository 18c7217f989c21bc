/**
 * Statistics. A session's and all time's are read from the sums in `sessions`; a span of time, and
 * what sessions do not know (model, day), is summed over exchanges. Both give the same numbers where
 * both can answer.
 */
import { OTHER_SESSION } from '../../core/exchange.ts';
import type { Stats, StatsGroup, StatsRow, ToolStats } from '../../core/ports.ts';
import type { Database, Statement } from '../database.ts';
import { EXCHANGE_SUMS, SESSION_SUMS, type SumRow, statsOf } from './sum-columns.ts';

export interface StatsFilter {
  readonly sessionId?: string;
  /** Epoch milliseconds; exchanges that started at or after. */
  readonly since?: number;
}

interface Parameters {
  readonly session: string | null;
  readonly since: number;
  readonly hidden: string;
}

type GroupParameters = Pick<Parameters, 'since' | 'hidden'> & { readonly limit: number };
type GroupRow = SumRow & { readonly key: string };

/** Of a person's tools there are dozens; a client that invents names must not fill the memory. */
const MAX_TOOLS = 500;

/** SQL of a group's name, over exchanges with their session and origin. */
const EXCHANGE_KEYS: Readonly<Record<StatsGroup, string>> = {
  session: 'session_id',
  model: "coalesce(exchanges.model_used, exchanges.model, '(no model)')",
  day: "date(exchanges.started_at / 1000, 'unixepoch', 'localtime')",
  client: 'origins.client',
  project: "coalesce(project, '(unknown)')",
};
/** What a session knows by itself: then no exchange has to be read. */
const SESSION_KEYS: Readonly<Partial<Record<StatsGroup, string>>> = {
  session: 'session_id',
  client: 'client',
  project: "coalesce(project, '(unknown)')",
};

export class StatsQueries {
  readonly #database: Database;
  readonly #sessionSums: Statement<[Parameters], SumRow>;
  readonly #exchangeSums: Statement<[Parameters], SumRow>;
  readonly #tools: Statement<[Parameters], ToolStats>;
  readonly #sessionTools: Statement<[Parameters], ToolStats>;

  constructor(database: Database) {
    this.#database = database;
    this.#sessionSums = database.prepare(`
      SELECT ${SESSION_SUMS} FROM sessions
      WHERE iif(@session IS NULL, session_id <> @hidden, session_id = @session)`);
    this.#exchangeSums = database.prepare(`
      SELECT ${EXCHANGE_SUMS} FROM exchanges
      WHERE started_at >= @since AND iif(@session IS NULL,
        session_key IS NOT (SELECT session_key FROM sessions WHERE session_id = @hidden),
        session_key = (SELECT session_key FROM sessions WHERE session_id = @session))`);
    this.#tools = database.prepare(toolsSql('session_id <> @hidden'));
    this.#sessionTools = database.prepare(toolsSql('session_id = @session'));
  }

  stats(filter: StatsFilter): Stats {
    const session = filter.sessionId ?? null;
    const parameters = { session, since: filter.since ?? 0, hidden: OTHER_SESSION };
    const sums = filter.since === undefined ? this.#sessionSums : this.#exchangeSums;
    const tools = session === null ? this.#tools : this.#sessionTools;
    const row = sums.get(parameters);
    if (row === undefined) throw new Error('an aggregate query gave no row');
    return statsOf(session, row, tools.all(parameters));
  }

  statsBy(by: StatsGroup, filter: { since?: number; limit: number }): StatsRow[] {
    const own = filter.since === undefined ? SESSION_KEYS[by] : undefined;
    const sql = own === undefined ? exchangeGroups(by) : sessionGroups(own);
    const parameters = { since: filter.since ?? 0, hidden: OTHER_SESSION, limit: filter.limit };
    return this.#database
      .prepare<[GroupParameters], GroupRow>(sql)
      .all(parameters)
      .map((row) => ({ key: row.key, stats: statsOf(by === 'session' ? row.key : null, row, []) }));
  }
}

function sessionGroups(key: string): string {
  return largestFirst(`
    SELECT ${key} AS key, ${SESSION_SUMS} FROM sessions
    WHERE session_id <> @hidden AND last_activity_at >= @since GROUP BY 1`);
}

/** Of days, the newest are within the limit, and stand last as in a calendar. */
function exchangeGroups(by: StatsGroup): string {
  const groups = `
    SELECT ${EXCHANGE_KEYS[by]} AS key, ${EXCHANGE_SUMS}
    FROM exchanges JOIN sessions USING (session_key) JOIN origins USING (origin_key)
    WHERE exchanges.started_at >= @since AND session_id <> @hidden GROUP BY 1`;
  return by === 'day'
    ? `SELECT * FROM (${groups} ORDER BY 1 DESC LIMIT @limit) ORDER BY key`
    : largestFirst(groups);
}

function largestFirst(groups: string): string {
  return `SELECT * FROM (${groups})
    ORDER BY cost_nano_usd DESC, input_tokens + output_tokens DESC, key LIMIT @limit`;
}

function toolsSql(sessions: string): string {
  return `
    SELECT name, count(*) AS calls, count(*) FILTER (WHERE is_error = 1) AS failures,
      count(duration_ms) AS timed, total(duration_ms) AS totalMs, max(duration_ms) AS maxMs,
      total(coalesce(argument_bytes, octet_length(arguments))) AS argumentBytes,
      total(result_bytes) AS resultBytes
    FROM sessions CROSS JOIN tool_calls USING (session_key)
    WHERE ${sessions} AND requested_at >= @since
    GROUP BY name ORDER BY calls DESC, name LIMIT ${MAX_TOOLS}`;
}
