/** Tool metrics: calls when a model asks, failures and durations when the result comes back. */
import type { ExchangeEnd, ExchangeRequest } from '../core/exchange.ts';
import { ownResult } from '../core/own-result.ts';
import type { Catalogue } from './catalogue.ts';
import { LabelCap } from './label-cap.ts';

interface PendingCall {
  readonly tool: string;
  /** Epoch milliseconds. */
  readonly askedAt: number;
}

const MAX_TOOLS = 100;
const MAX_PENDING = 10_000;

export class ToolMeter {
  readonly #all: Catalogue;
  readonly #names = new LabelCap(MAX_TOOLS);
  readonly #pending = new Map<string, PendingCall>();

  constructor(all: Catalogue) {
    this.#all = all;
  }

  calls(end: ExchangeEnd): void {
    for (const { id, name } of end.toolCalls) {
      const tool = this.#names.of(name);
      this.#all.toolCalls.inc({ tool });
      const own = ownResult(end.parts, id);
      if (own?.isError === true) this.#all.toolFailures.inc({ tool });
      if (own !== null) continue;
      const key = `${end.sessionId}\n${id}`;
      this.#pending.delete(key);
      this.#pending.set(key, { tool, askedAt: end.endedAt });
      const [oldest] = this.#pending.keys();
      if (this.#pending.size > MAX_PENDING && oldest !== undefined) this.#pending.delete(oldest);
    }
  }

  /** A result that the history re-sends is no longer pending, so it counts once. */
  results(request: ExchangeRequest): void {
    for (const { id, isError } of request.toolResults) {
      const key = `${request.sessionId}\n${id}`;
      const call = this.#pending.get(key);
      if (call === undefined) continue;
      this.#pending.delete(key);
      const { tool } = call;
      if (isError === true) this.#all.toolFailures.inc({ tool });
      this.#all.toolDuration.observe(
        { tool },
        Math.max(0, request.startedAt - call.askedAt) / 1000,
      );
    }
  }
}
