/** Which result answers which tool call, so that a page can show both together. Pure. */
import type { Message, Part } from '../../../core/conversation.ts';

export type Call = Extract<Part, { type: 'tool-call' }>;
export type Result = Extract<Part, { type: 'tool-result' }>;

export interface JoinedTools {
  readonly resultOf: ReadonlyMap<Call, Result>;
  /** Results that stand below their calls. */
  readonly joined: ReadonlySet<Part>;
  /** Names of all calls by their ids. */
  readonly names: ReadonlyMap<string, string>;
}

/** A result belongs to the latest call of its id that no other result has answered. */
export function joinTools(messages: readonly Message[], answer: readonly Part[]): JoinedTools {
  const resultOf = new Map<Call, Result>();
  const joined = new Set<Part>();
  const names = new Map<string, string>();
  const waiting = new Map<string, Call>();
  for (const part of [...messages.flatMap(({ parts }) => parts), ...answer]) {
    if (part.type === 'tool-call') {
      waiting.set(part.id, part);
      names.set(part.id, part.name);
    }
    if (part.type !== 'tool-result') continue;
    const call = waiting.get(part.id);
    if (call === undefined) continue;
    waiting.delete(part.id);
    resultOf.set(call, part);
    joined.add(part);
  }
  return { resultOf, joined, names };
}
