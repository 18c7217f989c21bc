/** Statistics as rows: one for each model, day, client, session or project, or for each tool. Pure. */
import { sumCertainty } from '../../core/cost.ts';
import { mcpServerOf } from '../../core/mcp.ts';
import type { StatsGroup, StatsRow, ToolStats } from '../../core/ports.ts';
import { bytesCell, costCell, countCell, durationCell, textCell } from './cells.ts';
import type { Sheet, SheetColumn } from './sheet.ts';

type Rows = Omit<Sheet, 'json'>;

const right = (title: string, name: string): SheetColumn => ({ title, name, align: 'right' });

export function groupSheet(by: StatsGroup, rows: readonly StatsRow[]): Rows {
  return {
    columns: [
      { title: by.toUpperCase(), name: by },
      right('REQUESTS', 'requests'),
      right('FAILED', 'not_completed'),
      right('IN', 'input_tokens'),
      right('CACHED', 'cache_read_tokens'),
      right('OUT', 'output_tokens'),
      right('COST', 'cost_usd'),
      { title: 'SURE', name: 'cost_certainty' },
      right('AVG TIME', 'average_ms'),
    ],
    rows: rows.map(({ key, stats }) => [
      textCell(key),
      countCell(stats.requests),
      countCell(stats.requests - (stats.outcomes.completed ?? 0)),
      countCell(stats.usage?.input),
      countCell(stats.usage?.cacheRead),
      countCell(stats.usage?.output),
      costCell(stats.cost),
      textCell(sumCertainty(stats.cost)),
      durationCell(stats.timed === 0 ? null : stats.totalMs / stats.timed),
    ]),
    notes: [],
  };
}

export function toolSheet(tools: readonly ToolStats[]): Rows {
  return {
    columns: [
      { title: 'TOOL', name: 'tool' },
      { title: 'MCP SERVER', name: 'mcp_server' },
      right('CALLS', 'calls'),
      right('FAILED', 'failures'),
      right('AVG', 'average_ms'),
      right('MAX', 'max_ms'),
      right('ARGUMENTS', 'argument_bytes'),
      right('RESULTS', 'result_bytes'),
    ],
    rows: tools.map((tool) => [
      textCell(tool.name),
      textCell(mcpServerOf(tool.name) ?? ''),
      countCell(tool.calls),
      countCell(tool.failures),
      durationCell(tool.timed === 0 ? null : tool.totalMs / tool.timed),
      durationCell(tool.maxMs),
      bytesCell(tool.argumentBytes),
      bytesCell(tool.resultBytes),
    ]),
    notes: tools.length === 0 ? ['no tool calls'] : [],
  };
}
