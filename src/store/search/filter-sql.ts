/** The filters of a search as SQL conditions over docs, exchanges, origins and sessions. */
import type { SearchFilter } from '../../core/search-filters.ts';

export interface Condition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

const NANO = 1e9;
const MODEL = "lower(coalesce(exchanges.model_used, exchanges.model, ''))";
const PROJECT = "lower(coalesce(project, ''))";
const FAILED = "(coalesce(outcome, '') IN ('failed', 'incomplete') OR coalesce(status, 0) >= 400)";
const ERROR = "lower(coalesce(error_code, '') || ' ' || coalesce(error_message, ''))";
/** Whether the doc itself is of that tool is seen in its text. */
const TOOL = `kind IN ('tool-call', 'tool-result') AND (
  EXISTS (SELECT 1 FROM tool_calls WHERE tool_calls.exchange_key = exchanges.exchange_key
    AND instr(lower(name), ?) > 0)
  OR EXISTS (SELECT 1 FROM tool_calls WHERE result_exchange_key = exchanges.exchange_key
    AND instr(lower(name), ?) > 0))`;

/** Joined by AND; `1` when there are none. */
export function conditionOf(filters: readonly SearchFilter[]): Condition {
  const all = filters.map((filter) => {
    const { sql, values } = plainCondition(filter);
    return { sql: filter.isNot ? `NOT coalesce((${sql}), 0)` : `(${sql})`, values };
  });
  return {
    sql: all.length === 0 ? '1' : all.map(({ sql }) => sql).join(' AND '),
    values: all.flatMap(({ values }) => values),
  };
}

function plainCondition(filter: SearchFilter): Condition {
  switch (filter.name) {
    case 'model':
      return contains(MODEL, filter.value);
    case 'client':
      return contains('origins.client', filter.value);
    case 'project':
      return contains(PROJECT, filter.value);
    case 'session':
      return { sql: 'instr(lower(session_id), ?) = 1', values: [filter.value] };
    case 'tool':
      return { sql: TOOL, values: [filter.value, filter.value] };
    case 'role':
      return {
        sql: `kind IN (${filter.kinds.map(() => '?').join(', ')})`,
        values: filter.kinds,
      };
    case 'before':
      return { sql: 'exchanges.started_at < ?', values: [filter.at] };
    case 'after':
      return { sql: 'exchanges.started_at >= ?', values: [filter.at] };
    case 'cost':
      return {
        sql: `exchanges.cost_nano_usd ${filter.comparison} ?`,
        values: [filter.value * NANO],
      };
    case 'tokens':
      return {
        sql: `exchanges.input_tokens + exchanges.output_tokens ${filter.comparison} ?`,
        values: [filter.value],
      };
    case 'error':
      return errorCondition(filter.value);
  }
}

function errorCondition(value: boolean | string): Condition {
  if (typeof value === 'string') return contains(ERROR, value);
  return { sql: value ? FAILED : `NOT ${FAILED}`, values: [] };
}

function contains(sql: string, text: string): Condition {
  return { sql: `instr(${sql}, ?) > 0`, values: [text] };
}
