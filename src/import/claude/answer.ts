/** An answer of which lines are still arriving. */
import { asArray, asObject, asText, type Json } from '../json.ts';
import { BadLine, type ImportedTurn } from '../turn.ts';
import type { Before } from './inputs.ts';

export class Answer {
  readonly #id: string;
  readonly #line: Json;
  readonly #before: Before;
  readonly #startedAt: number;
  readonly #blocks: unknown[] = [];
  #message: Json = {};
  #endedAt: number;

  /** @param line the first of its lines */
  constructor(id: string, line: Json, before: Before, at: number) {
    if (asText(line['sessionId']) === null) throw new BadLine('no session');
    this.#id = id;
    this.#line = line;
    this.#before = before;
    // The request was sent when the last thing in it had been said.
    this.#startedAt = Math.min(before.at ?? at, at);
    this.#endedAt = at;
  }

  /** Another block of it; the last line has the final usage. */
  add(message: Json, at: number): void {
    this.#blocks.push(...asArray(message['content']));
    this.#message = message;
    this.#endedAt = Math.max(this.#endedAt, at);
  }

  turn(): ImportedTurn {
    const line = this.#line;
    const { model, stop_reason, usage } = this.#message;
    return {
      source: 'claude',
      sessionId: asText(line['sessionId']) ?? '',
      responseId: this.#id,
      hasOwnId: true,
      requestId: asText(line['requestId']),
      previousResponseId: this.#before.previousResponseId,
      client: 'claude-code',
      clientVersion: asText(line['version']),
      provider: 'anthropic',
      upstream: 'https://api.anthropic.com',
      dialect: 'anthropic-messages',
      target: '/v1/messages',
      project: asText(line['cwd']),
      agentId: agentOf(line),
      parentId: null,
      startedAt: this.#startedAt,
      endedAt: this.#endedAt,
      request: { model, messages: this.#before.messages },
      response: {
        id: this.#id,
        type: 'message',
        role: 'assistant',
        model,
        content: this.#blocks,
        stop_reason,
        usage: asObject(usage),
      },
    };
  }
}

/** Earlier versions mark the lines of a subagent, and do not name it. */
function agentOf(line: Json): string | null {
  return asText(line['agentId']) ?? (line['isSidechain'] === true ? 'sidechain' : null);
}
