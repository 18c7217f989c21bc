/** `lunaroute stats <id> --tools`: what each tool of a session costs in tokens, used or not. */
import { mcpServerOf } from '../../core/mcp.ts';
import type { History, ToolSize, ToolStats } from '../../core/ports.ts';
import type { Invocation } from '../context.ts';
import { bytesCell, countCell, textCell } from '../view/cells.ts';
import type { Sheet } from '../view/sheet.ts';

interface ToolWeight {
  readonly name: string;
  readonly mcpServer: string | null;
  readonly definitionBytes: number | null;
  readonly definitionTokens: number | null;
  readonly calls: number;
  readonly failures: number;
  readonly resultBytes: number;
  readonly resultTokens: number | null;
}

export function definitionsOf(history: History, sessionId: string, { option }: Invocation): Sheet {
  const { tools } = history.stats({ sessionId });
  const weights = weightsOf(history.toolSizes(sessionId), tools).slice(0, Number(option('limit')));
  const right = { align: 'right' } as const;
  return {
    columns: [
      { title: 'TOOL', name: 'tool' },
      { title: 'MCP SERVER', name: 'mcp_server' },
      { title: 'DEFINITION', name: 'definition_bytes', ...right },
      { title: '~TOKENS', name: 'definition_tokens_estimated', ...right },
      { title: 'CALLS', name: 'calls', ...right },
      { title: 'FAILED', name: 'failures', ...right },
      { title: 'RESULTS', name: 'result_bytes', ...right },
      { title: '~TOKENS', name: 'result_tokens_estimated', ...right },
    ],
    rows: weights.map((tool) => [
      textCell(tool.name),
      textCell(tool.mcpServer ?? ''),
      bytesCell(tool.definitionBytes),
      countCell(tool.definitionTokens),
      countCell(tool.calls),
      countCell(tool.failures),
      bytesCell(tool.resultBytes),
      countCell(tool.resultTokens),
    ]),
    notes: [
      'Tokens are estimated: the share of bytes of the newest request with tools, of which the provider counted the tokens.',
    ],
    json: { sessionId, tools: weights },
  };
}

/** The heaviest definitions first. */
function weightsOf(sizes: readonly ToolSize[], used: readonly ToolStats[]): ToolWeight[] {
  const stats = new Map(used.map((tool) => [tool.name, tool]));
  return sizes
    .map((size) => ({
      name: size.name,
      mcpServer: mcpServerOf(size.name),
      definitionBytes: size.definitionBytes,
      definitionTokens: size.definitionTokens,
      calls: stats.get(size.name)?.calls ?? 0,
      failures: stats.get(size.name)?.failures ?? 0,
      resultBytes: size.resultBytes,
      resultTokens: size.resultTokens,
    }))
    .sort(
      (a, b) =>
        (b.definitionBytes ?? 0) - (a.definitionBytes ?? 0) || b.resultBytes - a.resultBytes,
    );
}
