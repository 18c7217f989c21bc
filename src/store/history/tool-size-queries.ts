/** How many bytes a session's tools moved, and how many their definitions add to every request. */
import { OTHER_SESSION } from '../../core/exchange.ts';
import type { ToolSize } from '../../core/ports.ts';
import { readJson } from '../bodies.ts';
import type { Database, Statement } from '../database.ts';
import type { SegmentReader } from '../segments/segment-store.ts';
import { unpackHeaders } from '../sqlite/headers.ts';
import { EXCHANGE_ROWS, type ExchangeRow, requestBodyOf } from './exchange-row.ts';

interface SumRow {
  readonly name: string;
  readonly argument_bytes: number;
  readonly result_bytes: number;
}

const MAX_TOOLS = 500;

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
        AND auxiliary IS NULL
      ORDER BY started_at DESC LIMIT 1`);
  }

  /** Most called first; tools that are defined but were never called come last. */
  of(sessionId: string): ToolSize[] {
    if (sessionId === OTHER_SESSION) return [];
    const definitions = this.#definitions(sessionId);
    const called = this.#sums.all(sessionId).map((row) => ({
      name: row.name,
      argumentBytes: row.argument_bytes,
      resultBytes: row.result_bytes,
      definitionBytes: definitions.get(row.name) ?? null,
    }));
    const names = new Set(called.map(({ name }) => name));
    const uncalled = [...definitions]
      .filter(([name]) => !names.has(name))
      .map(([name, definitionBytes]) => ({
        name,
        argumentBytes: 0,
        resultBytes: 0,
        definitionBytes,
      }));
    return [...called, ...uncalled].slice(0, MAX_TOOLS);
  }

  #definitions(sessionId: string): Map<string, number> {
    const row = this.#newest.get(sessionId);
    if (row === undefined || row.dialect === null) return new Map();
    const headers = unpackHeaders(row.request_headers, this.#segments);
    const body = readJson(requestBodyOf(row), headers, this.#segments);
    const fields: Record<string, unknown> =
      typeof body === 'object' && body !== null ? { ...body } : {};
    const tools = Array.isArray(fields['tools']) ? fields['tools'] : [];
    return new Map(tools.flatMap((tool: unknown) => definitionOf(tool)));
  }
}

/** Anthropic and Responses name a tool at its top, Chat Completions inside `function`. */
function definitionOf(tool: unknown): [string, number][] {
  if (typeof tool !== 'object' || tool === null) return [];
  const fields: Record<string, unknown> = { ...tool };
  const inner: Record<string, unknown> =
    typeof fields['function'] === 'object' ? { ...fields['function'] } : {};
  const name = fields['name'] ?? inner['name'];
  return typeof name === 'string' ? [[name, Buffer.byteLength(JSON.stringify(tool))]] : [];
}
