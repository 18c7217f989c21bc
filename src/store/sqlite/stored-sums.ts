/** What a stored exchange adds to its session's sums: needed to take it out again. */
import { type ExchangeRow, usageOf } from '../history/exchange-row.ts';
import { costOfRow } from './number-columns.ts';
import { type Sums, sumsOf } from './sums.ts';

export function storedSums(row: ExchangeRow, toolCalls: number): Sums {
  return sumsOf({
    auxiliary: row.auxiliary,
    hasDialect: row.dialect !== null,
    outcome: row.outcome ?? 'interrupted',
    status: row.status,
    usage: usageOf(row),
    cost: costOfRow(row),
    timing: { ended: row.ended_ms, overhead: row.overhead_ms },
    toolCalls,
  });
}
