/**
 * The session files of the Rust original (github.com/erans/lunaroute, crates/lunaroute-session): one
 * event a line, joined by `request_id`; requests in full, answers as JSON or, of streams, as text.
 * Rows of its SQLite come as lines of their own kind (store/import/rust-sessions.ts): a session whose
 * files are gone is then at least its first request, its answer and its sums.
 */
import type { Dialect } from '../../core/conversation.ts';
import { asArray, asObject, asText, type Json, parseLine, timeOf } from '../json.ts';
import { BadLine, type ImportedTurn, type TranscriptReader } from '../turn.ts';
import { answerOnTheWire, clientByAgent } from './wire.ts';

interface Exchange {
  started: Json | null;
  request: Json | null;
  response: Json | null;
}

/** Running requests of one session. */
const MAX_OPEN = 1_000;

export class LunarouteEvents implements TranscriptReader {
  readonly #open = new Map<string, Exchange>();

  line(text: string): readonly ImportedTurn[] {
    const line = parseLine(text);
    if (line['type'] === 'session_row') return sessionRow(line);
    const id = asText(line['request_id']);
    if (id === null || asText(line['session_id']) === null) throw new BadLine('not an event');
    const exchange = this.#open.get(id) ?? { started: null, request: null, response: null };
    this.#open.set(id, exchange);
    switch (line['type']) {
      case 'started':
        exchange.started = line;
        return this.#end(MAX_OPEN);
      case 'request_recorded':
        exchange.request = line;
        return [];
      case 'response_recorded':
        exchange.response = line;
        return [];
      case 'completed':
        this.#open.delete(id);
        return turnOf(id, exchange, line);
      case 'stream_started':
      case 'tool_call_recorded':
      case 'stats_snapshot':
      case 'stats_updated':
        return [];
      default:
        throw new BadLine('an event of no known kind');
    }
  }

  end(isSettled: boolean): readonly ImportedTurn[] {
    return isSettled ? this.#end(0) : [];
  }

  #end(maxOpen: number): ImportedTurn[] {
    const turns: ImportedTurn[] = [];
    for (const [id, exchange] of this.#open) {
      if (this.#open.size <= maxOpen) break;
      this.#open.delete(id);
      turns.push(...turnOf(id, exchange, null));
    }
    return turns;
  }
}

/** Nothing of a request whose text was not recorded. */
function turnOf(
  id: string,
  { started, request, response }: Exchange,
  completed: Json | null,
): ImportedTurn[] {
  const body = asObject(request?.['request_json']);
  if (request === null || body === null) return [];
  const startedAt = timeOf((started ?? request)['timestamp']);
  const end = completed ?? response;
  const dialect = dialectOf(body, started);
  const model = asText(response?.['model_used']) ?? asText(body['model']);
  return [
    {
      ...common(started ?? request, dialect),
      sessionId: asText(request['session_id']) ?? '',
      responseId: asText(asObject(response?.['response_json'])?.['id']),
      requestId: id,
      startedAt,
      endedAt: end === null ? startedAt : timeOf(end['timestamp']),
      request: body,
      response: answerOnTheWire(dialect, {
        json: asObject(response?.['response_json']),
        text: asText(response?.['response_text']),
        model,
        counts: response ?? completed,
        error: completed?.['success'] === false ? asText(completed['error']) : null,
        stopReason: asText(completed?.['finish_reason']),
      }),
    },
  ];
}

function sessionRow(row: Json): ImportedTurn[] {
  const sessionId = asText(row['session_id']);
  if (sessionId === null) throw new BadLine('a session without an id');
  const isAnthropic = row['listener'] === 'anthropic';
  const dialect: Dialect = isAnthropic ? 'anthropic-messages' : 'openai-chat';
  const model = asText(row['model_requested']);
  const startedAt = timeOf(row['started_at']);
  return [
    {
      ...common(row, dialect),
      isWholeSession: true,
      sessionId,
      responseId: null,
      requestId: asText(row['request_id']),
      startedAt,
      endedAt: asText(row['completed_at']) === null ? startedAt : timeOf(row['completed_at']),
      request: { model, messages: [{ role: 'user', content: asText(row['request_text']) ?? '' }] },
      response: answerOnTheWire(dialect, {
        json: null,
        text: asText(row['response_text']),
        model: asText(row['model_used']) ?? model,
        counts: row,
        error: row['success'] === 0 ? asText(row['error_message']) : null,
        stopReason: asText(row['finish_reason']),
      }),
    },
  ];
}

function common(head: Json, dialect: Dialect) {
  const isAnthropic = dialect === 'anthropic-messages';
  return {
    source: 'lunaroute' as const,
    hasOwnId: false,
    previousResponseId: null,
    client: clientByAgent(asText(head['user_agent'])),
    clientVersion: null,
    provider: asText(head['provider']) ?? (isAnthropic ? 'anthropic' : 'openai'),
    upstream: isAnthropic ? 'https://api.anthropic.com' : 'https://api.openai.com',
    dialect,
    target: TARGETS[dialect],
    project: null,
    agentId: null,
    parentId: null,
  };
}

const TARGETS: Readonly<Record<Dialect, string>> = {
  'anthropic-messages': '/v1/messages',
  'openai-chat': '/v1/chat/completions',
  'openai-responses': '/v1/responses',
};

function dialectOf(body: Json, started: Json | null): Dialect {
  if (body['input'] !== undefined) return 'openai-responses';
  const isAnthropic =
    started === null
      ? body['system'] !== undefined || asArray(body['messages']).some(hasToolUse)
      : started['listener'] === 'anthropic';
  return isAnthropic ? 'anthropic-messages' : 'openai-chat';
}

function hasToolUse(message: unknown): boolean {
  return asArray(asObject(message)?.['content']).some(
    (block) => asObject(block)?.['type'] === 'tool_use',
  );
}
