/** `lunaroute stats <id> --tools`: what each tool of a session costs in tokens, used or not. */
import { mcpServerOf } from '../../core/mcp.ts';
import type { History, PromptSize, ToolStats } from '../../core/ports.ts';
import type { Invocation } from '../context.ts';
import { bytesCell, countCell, textCell } from '../view/cells.ts';
import type { Sheet } from '../view/sheet.ts';

interface ToolWeight {
  readonly name: string;
  readonly mcpServer: string | null;
  readonly definitionBytes: number;
  readonly definitionTokens: number | null;
  readonly calls: number;
  readonly failures: number;
  readonly resultBytes: number;
  readonly resultTokens: number | null;
}

export function definitionsOf(history: History, sessionId: string, { option }: Invocation): Sheet {
  const size = history.promptSize(sessionId);
  const { tools } = history.stats({ sessionId });
  const weights = weightsOf(size, tools).slice(0, Number(option('limit')));
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
      'Tokens are estimated: the share of bytes of the newest request, of which the provider counted the tokens.',
    ],
    json: { sessionId, exchangeId: size?.exchangeId ?? null, tools: weights },
  };
}

/** The heaviest definitions first. */
function weightsOf(size: PromptSize | null, used: readonly ToolStats[]): ToolWeight[] {
  const ratio = size === null || size.bytes === 0 ? null : size.inputTokens / size.bytes;
  const tokens = (bytes: number): number | null =>
    ratio === null ? null : Math.round(bytes * ratio);
  const definitions = new Map(size?.tools.map(({ name, bytes }) => [name, bytes]));
  const stats = new Map(used.map((tool) => [tool.name, tool]));
  return [...new Set([...definitions.keys(), ...stats.keys()])]
    .map((name) => {
      const definitionBytes = definitions.get(name) ?? 0;
      const resultBytes = stats.get(name)?.resultBytes ?? 0;
      return {
        name,
        mcpServer: mcpServerOf(name),
        definitionBytes,
        definitionTokens: tokens(definitionBytes),
        calls: stats.get(name)?.calls ?? 0,
        failures: stats.get(name)?.failures ?? 0,
        resultBytes,
        resultTokens: tokens(resultBytes),
      };
    })
    .sort((a, b) => b.definitionBytes - a.definitionBytes || b.resultBytes - a.resultBytes);
}
