/**
 * Statistics. A session's and all time's are read from the sums in `sessions`; a span of time is summed
 * over its exchanges. Both give the same numbers where both can answer.
 */
import { OTHER_SESSION, type Outcome } from '../../core/exchange.ts';
import type { Stats, ToolStats } from '../../core/ports.ts';
import type { Database, Statement } from '../database.ts';
import { type UsageColumns, usageOf } from './exchange-row.ts';

export interface StatsFilter {
  readonly sessionId?: string;
  /** Epoch milliseconds; exchanges that started at or after. */
  readonly since?: number;
}

interface SumRow extends UsageColumns {
  readonly sessions: number;
  readonly requests: number;
  readonly completed: number;
  readonly failed: number;
  readonly incomplete: number;
  readonly aborted: number;
  readonly interrupted: number;
  readonly usages: number;
  readonly unknown_usages: number;
  readonly timed: number;
  readonly total_ms: number;
  readonly overhead_ms: number;
}

interface Parameters {
  readonly session: string | null;
  readonly since: number;
  readonly hidden: string;
}

const TOKEN_COLUMNS = [
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
  'reasoning_tokens',
];
const TOKEN_SUMS = TOKEN_COLUMNS.map((name) => `total(${name}) AS ${name}`).join(', ');
const OUTCOMES: readonly Outcome[] = [
  'completed',
  'failed',
  'incomplete',
  'aborted',
  'interrupted',
];
const SESSION_OUTCOMES = OUTCOMES.map((name) => `total(${name}_count) AS ${name}`).join(', ');
const EXCHANGE_OUTCOMES = OUTCOMES.map(
  (name) => `count(*) FILTER (WHERE outcome = '${name}' AND is_counted) AS ${name}`,
).join(', ');
const TIMED = 'is_counted AND ended_ms IS NOT NULL AND overhead_ms IS NOT NULL';
/** Of a person's tools there are dozens; a client that invents names must not fill the memory. */
const MAX_TOOLS = 500;

export class StatsQueries {
  readonly #sessionSums: Statement<[Parameters], SumRow>;
  readonly #exchangeSums: Statement<[Parameters], SumRow>;
  readonly #tools: Statement<[Parameters], ToolStats>;
  readonly #sessionTools: Statement<[Parameters], ToolStats>;

  constructor(database: Database) {
    this.#sessionSums = database.prepare(`
      SELECT count(*) AS sessions, total(request_count) AS requests, ${SESSION_OUTCOMES},
        total(usage_count) AS usages, total(unknown_usage_count) AS unknown_usages, ${TOKEN_SUMS},
        total(timed_count) AS timed, total(total_ms) AS total_ms, total(overhead_ms) AS overhead_ms
      FROM sessions
      WHERE iif(@session IS NULL, session_id <> @hidden, session_id = @session)`);
    this.#exchangeSums = database.prepare(`
      SELECT count(DISTINCT session_key) AS sessions, total(is_counted) AS requests,
        ${EXCHANGE_OUTCOMES}, count(input_tokens) AS usages,
        total(is_usage_unknown) AS unknown_usages, ${TOKEN_SUMS},
        count(*) FILTER (WHERE ${TIMED}) AS timed,
        total(ended_ms) FILTER (WHERE ${TIMED}) AS total_ms,
        total(overhead_ms) FILTER (WHERE ${TIMED}) AS overhead_ms
      FROM exchanges
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
    return statsOf(session, sums.get(parameters), tools.all(parameters));
  }
}

function toolsSql(sessions: string): string {
  return `
    SELECT name, count(*) AS calls, count(*) FILTER (WHERE is_error = 1) AS failures,
      count(duration_ms) AS timed, total(duration_ms) AS totalMs, max(duration_ms) AS maxMs
    FROM sessions CROSS JOIN tool_calls USING (session_key)
    WHERE ${sessions} AND requested_at >= @since
    GROUP BY name ORDER BY calls DESC, name LIMIT ${MAX_TOOLS}`;
}

function statsOf(sessionId: string | null, sums: SumRow | undefined, tools: ToolStats[]): Stats {
  if (sums === undefined) throw new Error('an aggregate query gave no row');
  const outcomes = OUTCOMES.filter((name) => sums[name] > 0).map((name) => [name, sums[name]]);
  return {
    sessionId,
    sessions: sums.sessions,
    requests: sums.requests,
    outcomes: Object.fromEntries(outcomes),
    usage: sums.usages === 0 ? null : usageOf(sums),
    unknownUsage: sums.unknown_usages,
    tools,
    timed: sums.timed,
    totalMs: sums.total_ms,
    overheadMs: sums.overhead_ms,
  };
}
