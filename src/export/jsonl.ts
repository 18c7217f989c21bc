/**
 * One line an exchange with everything that was stored of it, bodies included: what `lunaroute
 * import jsonl` makes the same records of.
 */
import type { ExchangeEnd, ExchangeRequest } from '../core/exchange.ts';
import type { Direction, ExchangeDetail } from '../core/ports.ts';
import { type Base, type BodyJson, bodyJson } from './body-delta.ts';
import type { ExportGroup, ExportSource } from './source.ts';
import { jsonText } from './text.ts';

/** Agents that speak at once; each one's last bodies are in memory. */
const MAX_BASES = 8;

export function* jsonlChunks(
  groups: Iterable<ExportGroup>,
  source: ExportSource,
): Generator<string, void> {
  for (const { exchanges } of groups) {
    const bases = new Bases();
    for (const exchange of exchanges) {
      const body = (direction: Direction): BodyJson | null => {
        const bytes = source.rawBody(exchange.id, direction);
        return bytes === null ? null : bases.tell(exchange, direction, bytes);
      };
      const line = {
        type: 'exchange',
        format: 1,
        request: requestOf(exchange),
        end: endOf(exchange),
        requestBody: body('request'),
        responseBody: body('response'),
      };
      yield `${jsonText(line)}\n`;
    }
  }
}

class Bases {
  readonly #last = new Map<string, Base>();

  tell({ id, agentId, auxiliary }: ExchangeDetail, direction: Direction, bytes: Uint8Array) {
    const key = `${direction} ${auxiliary ?? ''} ${agentId ?? ''}`;
    const json = bodyJson(bytes, this.#last.get(key) ?? null);
    this.#last.delete(key);
    this.#last.set(key, { id, bytes });
    const [oldest] = this.#last.keys();
    if (this.#last.size > MAX_BASES && oldest !== undefined) this.#last.delete(oldest);
    return json;
  }
}

function requestOf(exchange: ExchangeDetail): ExchangeRequest {
  const { end: _end, toolCalls: _calls, answerPreview: _preview, ...rest } = exchange;
  const { messages: _messages, answer: _answer, responseHeaders: _headers, ...request } = rest;
  return request;
}

/** Limits are said by accounts, not by exchanges: they are not part of it. */
function endOf({ end, answer, toolCalls, responseHeaders }: ExchangeDetail): ExchangeEnd | null {
  if (end === null) return null;
  const calls = toolCalls.map(({ id, name, arguments: args }) => ({ id, name, arguments: args }));
  return { ...end, responseHeaders, parts: answer, toolCalls: calls, rateLimits: null };
}
