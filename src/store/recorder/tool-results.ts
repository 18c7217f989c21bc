/**
 * Which tool results a request brings, out of a history that is re-sent whole every time. Pure.
 */
import type { Message } from '../../core/conversation.ts';
import type { ToolResultRecord } from '../../core/exchange.ts';

/**
 * The tool results of the newest turn: back to the last assistant message that says or thinks
 * something. Responses clients may write call, result, call, result, so a message of calls alone is
 * no boundary; a result that is listed again is told from a new one by its id, in the store.
 */
export function newToolResults(messages: readonly Message[]): ToolResultRecord[] {
  const results: ToolResultRecord[] = [];
  for (const message of messages.toReversed()) {
    if (message.role === 'assistant' && !isOnlyCalls(message)) break;
    for (const part of message.parts) {
      if (part.type !== 'tool-result') continue;
      results.push({
        id: part.id,
        bytes: Buffer.byteLength(part.text),
        isError: part.isError,
      });
    }
  }
  return results.reverse();
}

function isOnlyCalls(message: Message): boolean {
  return message.parts.every((part) => part.type === 'tool-call');
}
