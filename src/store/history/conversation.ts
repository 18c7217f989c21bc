/** Joins the turns of a chain of requests, each of which sent only what is new, to one conversation. */
import type { Message, Part } from '../../core/conversation.ts';

export interface Turn {
  readonly messages: readonly Message[];
  /** What the model answered; empty for the turn that is looked at. */
  readonly answer: readonly Part[];
}

/** Oldest turn first. Instructions that come again with every turn are shown once. */
export function joinConversation(turns: readonly Turn[]): Message[] {
  const instructions = new Set<string>();
  const joined: Message[] = [];
  for (const turn of turns) {
    for (const message of turn.messages) {
      if (!isRepeated(message, instructions)) joined.push(message);
    }
    if (turn.answer.length > 0) joined.push({ role: 'assistant', parts: turn.answer });
  }
  return joined;
}

function isRepeated(message: Message, instructions: Set<string>): boolean {
  if (message.role !== 'system' && message.role !== 'developer') return false;
  const text = JSON.stringify(message);
  if (instructions.has(text)) return true;
  instructions.add(text);
  return false;
}
