// Limits, upkeep run to its end, and a growing history, for the tests of retention.

import type { RetentionOptions } from '../../src/core/retention.ts';
import { codecFor } from '../../src/dialects/registry.ts';
import type { SinkItem } from '../../src/store/sink.ts';
import { endItem, requestItem } from './store-items.ts';

export const NO_RETENTION: RetentionOptions = {
  sqlite: { maxAgeMs: null, maxBytes: null },
  jsonl: { maxAgeMs: null, maxBytes: null, compressAfterMs: null },
};

/** Runs a generator to its end; `between` runs at each pause. */
export function finish<T>(steps: Generator<void, T>, between: () => void = () => undefined): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    between();
  }
}

const CONSONANTS = 'bcdfghklmnprstvz';
const VOWELS = 'aeiou';

/** Repeatable words that hardly compress, many of them rare. */
export function words(seed: number, count: number): string {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
  const syllable = (): string => `${CONSONANTS[next(16)]}${VOWELS[next(5)]}`;
  const word = (): string => Array.from({ length: 2 + next(3) }, syllable).join('');
  return Array.from({ length: count }, word).join(' ');
}

export interface Turn {
  readonly id: string;
  readonly session: string;
  readonly at: number;
  readonly messages: readonly object[];
  readonly system?: string;
}

/** A request with its whole history, and its answer. */
export function turnItems(turn: Turn): SinkItem[] {
  const body = {
    model: 'claude-opus-5-5',
    system: turn.system ?? 'You are a careful engineer.',
    messages: turn.messages,
  };
  const request = requestItem({ id: turn.id, sessionId: turn.session, startedAt: turn.at }, body);
  const view = codecFor('anthropic-messages').parseRequest(body);
  return [
    { ...request, view },
    endItem(
      request.request,
      {
        parts: [{ type: 'text', text: `answer of ${turn.id}` }],
        usage: {
          input: 10,
          cacheRead: 0,
          cacheWrite5m: 0,
          cacheWrite1h: 0,
          output: 5,
          reasoning: 0,
        },
      },
      { id: turn.id },
    ),
  ];
}
