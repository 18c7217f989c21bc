/** Tools that the provider runs itself have their result in the same answer. Pure. */
import type { Part } from './conversation.ts';

export function ownResult(
  parts: readonly Part[],
  callId: string,
): Extract<Part, { type: 'tool-result' }> | null {
  for (const part of parts) {
    if (part.type === 'tool-result' && part.id === callId) return part;
  }
  return null;
}
