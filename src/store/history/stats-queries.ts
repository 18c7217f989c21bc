/**
 * Statistics. A session's and all time's are read from the sums in `sessions`; a span of time, and
 * what sessions do not know (model, day), is summed over exchanges. Both give the same numbers where
 * both can answer.
 */
import { OTHER_SESSION } from '../../core/exchange.ts';
import type { Stats, StatsGroup, StatsRow, ToolStats } from '../../core/ports.ts';
import type { Database, Statement } from '../database.ts';
import type { ClosedDays } from './closed-days.ts';
import { MAX_TOOLS, ROLLED_SESSIONS, ROLLED_TOOLS, rolledGroups } from './rolled-tables.ts';
import { EXCHANGE_SUMS, SESSION_SUMS, type SumRow, statsOf, TOOL_SUMS } from './sum-columns.ts';

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

const NOT_HIDDEN =
  'session_key IS NOT (SELECT session_key FROM sessions WHERE session_id = @hidden)';

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
  readonly #days: ClosedDays;
  readonly #sessionSums: Statement<[Parameters], SumRow>;
  readonly #exchangeSums: Statement<[Parameters], SumRow>;
  readonly #tools: Statement<[Parameters], ToolStats>;
  readonly #newTools: Statement<[Parameters], ToolStats>;
  readonly #sessionTools: Statement<[Parameters], ToolStats>;

  constructor(database: Database, days: ClosedDays) {
    this.#database = database;
    this.#days = days;
    this.#sessionSums = database.prepare(`
      SELECT ${SESSION_SUMS} FROM sessions
      WHERE iif(@session IS NULL, session_id <> @hidden, session_id = @session)`);
    this.#exchangeSums = database.prepare(`
      SELECT ${EXCHANGE_SUMS} FROM exchanges
      WHERE started_at >= @since AND iif(@session IS NULL,
        session_key IS NOT (SELECT session_key FROM sessions WHERE session_id = @hidden),
        session_key = (SELECT session_key FROM sessions WHERE session_id = @session))`);
    // `+` reads the table in its order, which is quicker where nearly all of it is wanted.
    this.#tools = database.prepare(toolsSql(`${NOT_HIDDEN} AND +requested_at >= @since`));
    this.#newTools = database.prepare(toolsSql(`${NOT_HIDDEN} AND requested_at >= @since`));
    this.#sessionTools = database.prepare(
      toolsSql(`session_key = (SELECT session_key FROM sessions WHERE session_id = @session)
        AND requested_at >= @since`),
    );
  }

  stats(filter: StatsFilter): Stats {
    const session = filter.sessionId ?? null;
    const parameters = { session, since: filter.since ?? 0, hidden: OTHER_SESSION };
    const isRolled = session === null && this.#days.prepare(parameters.since, Date.now(), 'all');
    const tools = isRolled ? this.#rolledTools(parameters) : this.#rawTools(parameters);
    return statsOf(session, this.#sums(filter.since === undefined, isRolled, parameters), tools);
  }

  #sums(isWhole: boolean, isRolled: boolean, parameters: Parameters): SumRow {
    const raw = isWhole ? this.#sessionSums : this.#exchangeSums;
    const rolled = (): SumRow | undefined =>
      this.#database.prepare<[Parameters], SumRow>(rolledGroups('all')).get(parameters);
    const row = (isRolled ? rolled() : undefined) ?? raw.get(parameters);
    if (row === undefined) throw new Error('an aggregate query gave no row');
    return row;
  }

  #rawTools(parameters: Parameters): ToolStats[] {
    if (parameters.session !== null) return this.#sessionTools.all(parameters);
    return (parameters.since === 0 ? this.#tools : this.#newTools).all(parameters);
  }

  #rolledTools(parameters: Parameters): ToolStats[] {
    return this.#database.prepare<[Parameters], ToolStats>(ROLLED_TOOLS).all(parameters);
  }

  statsBy(by: StatsGroup, filter: { since?: number; limit: number }): StatsRow[] {
    const parameters = { since: filter.since ?? 0, hidden: OTHER_SESSION, limit: filter.limit };
    return this.#database
      .prepare<[GroupParameters], GroupRow>(this.#groupsSql(by, filter.since))
      .all(parameters)
      .map((row) => ({ key: row.key, stats: statsOf(by === 'session' ? row.key : null, row, []) }));
  }

  #groupsSql(by: StatsGroup, since: number | undefined): string {
    const own = since === undefined ? SESSION_KEYS[by] : undefined;
    if (by === 'session' && own !== undefined) return SESSIONS_THEMSELVES;
    // The others are groups of exchanges: their sums are quicker, once days are rolled.
    if (this.#days.prepare(since ?? 0, Date.now(), by === 'session' ? null : by)) {
      return by === 'session' ? largestFirst(ROLLED_SESSIONS) : inOrder(by, rolledGroups(by));
    }
    return own === undefined ? exchangeGroups(by) : sessionGroups(own);
  }
}

function sessionGroups(key: string): string {
  return largestFirst(`
    SELECT ${key} AS key, ${SESSION_SUMS} FROM sessions
    WHERE session_id <> @hidden AND last_activity_at >= @since GROUP BY 1`);
}

/** Sums of those that are shown: sorting a hundred thousand rows of them takes five times as long. */
const SESSIONS_THEMSELVES = largestFirst(`
  WITH page AS MATERIALIZED (
    SELECT session_key FROM sessions WHERE session_id <> @hidden
    ORDER BY cost_nano_usd DESC, input_tokens + output_tokens DESC, session_id LIMIT @limit)
  SELECT session_id AS key, ${SESSION_SUMS} FROM page CROSS JOIN sessions USING (session_key)
  GROUP BY 1`);

/** Of days, the newest are within the limit, and stand last as in a calendar. */
function exchangeGroups(by: StatsGroup): string {
  const groups = `
    SELECT ${EXCHANGE_KEYS[by]} AS key, ${EXCHANGE_SUMS}
    FROM exchanges JOIN sessions USING (session_key) JOIN origins USING (origin_key)
    WHERE exchanges.started_at >= @since AND session_id <> @hidden GROUP BY 1`;
  return inOrder(by, groups);
}

function inOrder(by: StatsGroup, groups: string): string {
  return by === 'day'
    ? `SELECT * FROM (${groups} ORDER BY 1 DESC LIMIT @limit) ORDER BY key`
    : largestFirst(groups);
}

function largestFirst(groups: string): string {
  return `SELECT * FROM (${groups})
    ORDER BY cost_nano_usd DESC, input_tokens + output_tokens DESC, key LIMIT @limit`;
}

function toolsSql(where: string): string {
  return `
    SELECT name, ${TOOL_SUMS} FROM tool_calls WHERE ${where}
    GROUP BY name ORDER BY calls DESC, name LIMIT ${MAX_TOOLS}`;
}
