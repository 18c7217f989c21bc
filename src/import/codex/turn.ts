/** One request and its answer, item by item. */
import { hash } from 'node:crypto';
import type { ImportedTurn } from '../turn.ts';

/** What the whole rollout says of each turn. */
type Setting = Pick<
  ImportedTurn,
  'sessionId' | 'clientVersion' | 'provider' | 'upstream' | 'project' | 'agentId' | 'parentId'
>;

export class Turn {
  readonly #previous: string | null;
  readonly #input: unknown[] = [];
  readonly #output: unknown[] = [];
  #saidAt: number | null = null;
  #startedAt = 0;
  #endedAt = 0;
  #model: string | null = null;
  #usage: object | null = null;
  #name: string | null = null;

  /** @param previous the answer that it continues */
  constructor(previous: string | null) {
    this.#previous = previous;
  }

  get hasAnswer(): boolean {
    return this.#output.length > 0;
  }

  /** Nothing can follow in the same answer. */
  get isCounted(): boolean {
    return this.#usage !== null;
  }

  say(item: unknown, at: number): void {
    this.#input.push(item);
    this.#saidAt = at;
  }

  answer(item: unknown, at: number, model: string | null): void {
    if (!this.hasAnswer) this.#startedAt = this.#saidAt ?? at;
    this.#output.push(item);
    this.#endedAt = at;
    this.#model = model;
  }

  name(responseId: string | null): void {
    this.#name ??= responseId;
  }

  /** The first count is that of this answer; later ones repeat it. */
  count(usage: object | null): void {
    if (this.hasAnswer) this.#usage ??= usage;
  }

  /** What later turns continue: older rollouts name no answers. */
  responseId(sessionId: string): string {
    if (this.#name !== null) return this.#name;
    const what = `${sessionId} ${this.#startedAt} ${JSON.stringify(this.#output[0])}`;
    return `imported_${hash('sha256', what, 'hex').slice(0, 24)}`;
  }

  imported(setting: Setting): ImportedTurn {
    const model = this.#model;
    const id = this.responseId(setting.sessionId);
    return {
      ...setting,
      source: 'codex',
      responseId: id,
      hasOwnId: this.#name !== null,
      requestId: null,
      previousResponseId: this.#previous,
      client: 'codex',
      dialect: 'openai-responses',
      target: '/v1/responses',
      startedAt: this.#startedAt,
      endedAt: this.#endedAt,
      request: { model, input: this.#input },
      response: {
        id,
        object: 'response',
        status: 'completed',
        model,
        output: this.#output,
        usage: this.#usage,
      },
    };
  }
}
