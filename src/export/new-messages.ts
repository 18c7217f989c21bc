/**
 * An agent sends its whole history with every request; a reader wants each thing once. Tells for one
 * session, exchange by exchange, what a request says that was not said before. Holds a hash of each
 * piece, never the text.
 */
import { hash } from 'node:crypto';
import type { Message, Part, Role } from '../core/conversation.ts';
import type { ExchangeDetail } from '../core/ports.ts';

export class NewMessages {
  /** Per agent: how often a piece stood in one request at most. */
  readonly #seen = new Map<string, Map<string, number>>();

  /** Call it for each exchange in their order; its answer counts as said from then on. */
  of(exchange: ExchangeDetail): Message[] {
    const seen = this.#seenBy(exchange);
    const now = new Map<string, number>();
    const isNew = (role: Role, part: Part): boolean => {
      const key = keyOf(role, part);
      const count = (now.get(key) ?? 0) + 1;
      now.set(key, count);
      return count > (seen.get(key) ?? 0);
    };
    const messages = exchange.messages.flatMap(({ role, parts }) => {
      const fresh = parts.filter((part) => isNew(role, part));
      return fresh.length === 0 ? [] : [{ role, parts: fresh }];
    });
    for (const part of exchange.answer) {
      const key = keyOf('assistant', part);
      now.set(key, (now.get(key) ?? 0) + 1);
    }
    for (const [key, count] of now) seen.set(key, Math.max(count, seen.get(key) ?? 0));
    return messages;
  }

  /** Subagents and helper calls have a history of their own. */
  #seenBy({ agentId, auxiliary }: ExchangeDetail): Map<string, number> {
    const line = `${auxiliary ?? ''} ${agentId ?? ''}`;
    const known = this.#seen.get(line);
    if (known !== undefined) return known;
    const made = new Map<string, number>();
    this.#seen.set(line, made);
    return made;
  }
}

/** Clients trim texts, write arguments anew and shorten old results; ids stay. */
function keyOf(role: Role, part: Part): string {
  switch (part.type) {
    case 'text':
    case 'thinking':
      return hash('sha1', `${role} ${part.type} ${part.text.trim()}`, 'base64');
    case 'tool-call':
    case 'tool-result':
      return hash(
        'sha1',
        `${part.type} ${part.id === '' ? JSON.stringify(part) : part.id}`,
        'base64',
      );
    case 'media':
      return hash('sha1', `${role} media ${part.label}`, 'base64');
  }
}
