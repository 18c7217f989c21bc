/**
 * The tables in which ClosedDays adds up days that are over, and what is read from them: sums of those
 * days, and of the exchanges of the spans between (`raw_spans`). Counts of sessions do not add up, for a
 * session goes on from day to day: `tails` counts each session once, on the last day on which it was
 * seen, so that those of a span are the sum from its first day on.
 */
import type { StatsGroup } from '../../core/ports.ts';
import {
  GROUPED_SUMS,
  PART_COLUMNS,
  SUMS_OF_PARTS,
  SUMS_OF_TOOLS,
  TOOL_SUMS,
} from './sum-columns.ts';

/** By what sessions are counted; in a group of their own there is nothing to count. */
export type Distinct = 'all' | Exclude<StatsGroup, 'session'>;

/** Of a person's tools there are dozens; a client that invents names must not fill the memory. */
export const MAX_TOOLS = 500;

const NO_HIDDEN =
  'session_key IS NOT (SELECT session_key FROM sessions WHERE session_id = @hidden)';

/** @param spans `@from` and `@to`, or those of the table of spans */
const partsOf = (at: string, from: string, where: string): string => `
  SELECT grouped.*, origins.client AS client, sessions.project AS project, session_id FROM (
    SELECT ${at} AS at, session_key, origin_key,
      coalesce(model_used, model, '(no model)') AS model, ${GROUPED_SUMS}
    FROM ${from} WHERE ${where} AND ${NO_HIDDEN} GROUP BY 1, 2, 3, 4) AS grouped
  CROSS JOIN origins USING (origin_key) CROSS JOIN sessions USING (session_key)`;

const DAY = partsOf(
  'CAST(@from AS INTEGER)',
  'exchanges',
  'started_at >= @from AND started_at < @to',
);
const RAW = partsOf(
  'span_from',
  'temp.raw_spans CROSS JOIN exchanges',
  'started_at >= span_from AND started_at < span_to',
);
const GROUPS = `
  SELECT at, client, model, project, ${SUMS_OF_PARTS} FROM temp.rolling AS parts
  GROUP BY 1, 2, 3, 4`;
const TOOLS = `
  SELECT CAST(@from AS INTEGER) AS at, name, ${TOOL_SUMS}
  FROM tool_calls WHERE requested_at >= @from AND requested_at < @to AND ${NO_HIDDEN} GROUP BY 2`;

/** What is read of all rows stands first: a row is read up to the last column that is wanted. */
const ROLLED_COLUMNS = `at, session_key, origin_key, model, session_id, client, project, ${PART_COLUMNS}`;

/** There is no such time: the tables get their columns, and no row. */
const none = (sql: string): string =>
  sql.replaceAll('@from', '0').replaceAll('@to', '0').replaceAll('@hidden', "''");

export const MAKE_TABLES = `
  CREATE TEMP TABLE rolling AS ${none(DAY)};
  CREATE TEMP TABLE rolled (
    at INTEGER, session_key INTEGER, origin_key INTEGER, model TEXT, session_id TEXT, client TEXT,
    project TEXT, ${PART_COLUMNS},
    PRIMARY KEY (session_key, at, origin_key, model)) WITHOUT ROWID;
  CREATE TEMP TABLE rolled_groups AS ${none(GROUPS)};
  CREATE TEMP TABLE rolled_tools AS ${none(TOOLS)};
  CREATE TEMP TABLE tails (counted_by TEXT, key, at INTEGER, sessions INTEGER);
  CREATE TEMP TABLE raw_spans (span_from INTEGER NOT NULL, span_to INTEGER NOT NULL)`;
/** One after the other, for the span between `@from` and `@to`. */
export const ROLL_DAY: readonly string[] = [
  'DELETE FROM temp.rolling',
  `INSERT INTO temp.rolling ${DAY}`,
  `INSERT INTO temp.rolled SELECT ${ROLLED_COLUMNS} FROM temp.rolling`,
  `INSERT INTO temp.rolled_groups ${GROUPS}`,
  `INSERT INTO temp.rolled_tools ${TOOLS}`,
];

/** SQL of a group's name. */
const KEYS: Readonly<Record<Distinct, (table: string) => string>> = {
  all: () => '0',
  model: (table) => `${table}.model`,
  client: (table) => `${table}.client`,
  project: (table) => `coalesce(${table}.project, '(unknown)')`,
  day: (table) => `${table}.at`,
};

const tailsBy = (by: Distinct): string => `
  INSERT INTO temp.tails
  SELECT '${by}', key, at, count(*) FROM (
    SELECT ${KEYS[by]('rolled')} AS key, max(at) AS at FROM temp.rolled GROUP BY session_key, key)
  GROUP BY key, at`;
export const ROLL_TAILS: Readonly<Record<Distinct, string>> = {
  all: tailsBy('all'),
  model: tailsBy('model'),
  client: tailsBy('client'),
  project: tailsBy('project'),
  day: tailsBy('day'),
};
export const DISTINCT: readonly Distinct[] = ['all', 'model', 'client', 'project', 'day'];

/** `key` and sums, as statsOf() wants them. */
export function rolledGroups(by: Distinct): string {
  const key = KEYS[by];
  const shown = by === 'day' ? "date(key / 1000, 'unixepoch', 'localtime')" : 'key';
  return `
    WITH raw AS MATERIALIZED (${RAW}),
    counted AS (
      SELECT key, total(sessions) AS sessions FROM (
        SELECT key, sessions FROM temp.tails WHERE counted_by = '${by}' AND at >= @since
        UNION ALL
        SELECT key, count(*) FROM (
          SELECT DISTINCT ${key('raw')} AS key, session_key FROM raw WHERE NOT EXISTS (
            SELECT 1 FROM temp.rolled WHERE rolled.session_key = raw.session_key
              AND rolled.at >= @since AND ${key('rolled')} = ${key('raw')}))
        GROUP BY key)
      GROUP BY key),
    summed AS (
      SELECT ${key('parts')} AS key, ${SUMS_OF_PARTS} FROM (
        SELECT at, client, model, project, ${PART_COLUMNS}
        FROM temp.rolled_groups WHERE at >= @since
        UNION ALL SELECT at, client, model, project, ${PART_COLUMNS} FROM raw) AS parts
      GROUP BY 1)
    SELECT ${shown} AS key, sessions, ${PART_COLUMNS} FROM summed JOIN counted USING (key)`;
}

/** The sessions that cost most, with their sums: those of all the others are not added up. */
export const ROLLED_SESSIONS = `
  WITH raw AS MATERIALIZED (${RAW}),
  closed AS (
    SELECT session_key, session_id, total(cost_nano_usd) AS cost,
      total(input_tokens + output_tokens) AS tokens
    FROM temp.rolled WHERE at >= @since AND session_key NOT IN (SELECT session_key FROM raw)
    GROUP BY session_key ORDER BY cost DESC, tokens DESC, session_id LIMIT @limit),
  open AS (
    SELECT session_key, session_id, total(cost_nano_usd) AS cost,
      total(input_tokens + output_tokens) AS tokens
    FROM (
      SELECT session_key, session_id, cost_nano_usd, input_tokens, output_tokens FROM raw
      UNION ALL
      SELECT session_key, session_id, cost_nano_usd, input_tokens, output_tokens
      FROM (SELECT DISTINCT session_key FROM raw) CROSS JOIN temp.rolled USING (session_key)
      WHERE at >= @since)
    GROUP BY session_key),
  page AS MATERIALIZED (
    SELECT session_key FROM (SELECT * FROM closed UNION ALL SELECT * FROM open)
    ORDER BY cost DESC, tokens DESC, session_id LIMIT @limit)
  SELECT session_id AS key, 1 AS sessions, ${SUMS_OF_PARTS} FROM (
    SELECT session_id, ${PART_COLUMNS} FROM page CROSS JOIN temp.rolled USING (session_key)
    WHERE at >= @since
    UNION ALL SELECT session_id, ${PART_COLUMNS} FROM page CROSS JOIN raw USING (session_key)) AS parts
  GROUP BY 1`;

export const ROLLED_TOOLS = `
  WITH parts AS (
    SELECT * FROM temp.rolled_tools WHERE at >= @since
    UNION ALL
    SELECT span_from AS at, name, ${TOOL_SUMS}
    FROM temp.raw_spans CROSS JOIN tool_calls ON requested_at >= span_from AND requested_at < span_to
    WHERE ${NO_HIDDEN} GROUP BY 1, 2)
  SELECT name, ${SUMS_OF_TOOLS} FROM parts
  GROUP BY name ORDER BY calls DESC, name LIMIT ${MAX_TOOLS}`;
