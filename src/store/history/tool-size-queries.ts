/** How many bytes a session's tools moved, and how many tokens their definitions add to every request. */
import { OTHER_SESSION } from '../../core/exchange.ts';
import type { ToolSize } from '../../core/ports.ts';
import { type ToolDefinition, toolDefinitions } from '../../dialects/tool-definitions.ts';
import type { Database, Statement } from '../database.ts';
import type { SegmentReader } from '../segments/segment-store.ts';
import { EXCHANGE_ROWS, type ExchangeRow, requestJsonOf } from './exchange-row.ts';

interface SumRow {
  readonly name: string;
  readonly argument_bytes: number;
  readonly result_bytes: number;
}

/** A request that defined tools. */
interface Defining {
  readonly tools: readonly ToolDefinition[];
  /** Tokens a byte of it; null where the provider counted none. */
  readonly ratio: number | null;
}

const MAX_TOOLS = 500;
/** Over a WebSocket only the first turn brings the tools, and those that follow are small. */
const MAX_TURNS = 200;

export class ToolSizeQueries {
  readonly #segments: SegmentReader;
  readonly #sums: Statement<[string], SumRow>;
  readonly #newest: Statement<[string], ExchangeRow>;

  constructor(database: Database, segments: SegmentReader) {
    this.#segments = segments;
    this.#sums = database.prepare(`
      SELECT name, total(coalesce(argument_bytes, octet_length(arguments))) AS argument_bytes,
        total(result_bytes) AS result_bytes
      FROM tool_calls
      WHERE session_key = (SELECT session_key FROM sessions WHERE session_id = ?)
      GROUP BY name ORDER BY count(*) DESC LIMIT ${MAX_TOOLS}`);
    this.#newest = database.prepare(`${EXCHANGE_ROWS}
      WHERE session_key = (SELECT session_key FROM sessions WHERE session_id = ?)
        AND auxiliary IS NULL AND dialect IS NOT NULL
      ORDER BY started_at DESC LIMIT ${MAX_TURNS}`);
  }

  /** Most called first; tools that are defined but were never called come last. */
  of(sessionId: string): ToolSize[] {
    if (sessionId === OTHER_SESSION) return [];
    const { tools, ratio } = this.#defining(sessionId);
    const tokens = (bytes: number): number | null =>
      ratio === null ? null : Math.round(bytes * ratio);
    const definitions = new Map(tools.map(({ name, bytes }) => [name, bytes]));
    const moved = new Map(this.#sums.all(sessionId).map((row) => [row.name, row]));
    return [...new Set([...moved.keys(), ...definitions.keys()])]
      .slice(0, MAX_TOOLS)
      .map((name) => {
        const resultBytes = moved.get(name)?.result_bytes ?? 0;
        const definitionBytes = definitions.get(name) ?? null;
        return {
          name,
          argumentBytes: moved.get(name)?.argument_bytes ?? 0,
          resultBytes,
          definitionBytes,
          definitionTokens: definitionBytes === null ? null : tokens(definitionBytes),
          resultTokens: tokens(resultBytes),
        };
      });
  }

  #defining(sessionId: string): Defining {
    for (const row of this.#newest.iterate(sessionId)) {
      const body = requestJsonOf(row, this.#segments);
      const tools = toolDefinitions(body);
      if (tools.length === 0) continue;
      const bytes = Buffer.byteLength(JSON.stringify(body));
      return { tools, ratio: row.input_tokens === null ? null : row.input_tokens / bytes };
    }
    return { tools: [], ratio: null };
  }
}
