/**
 * Gives every exchange its session (DESIGN section 6): what the client says, else the answer it
 * continues, else the conversation it repeats, else a new session. Remembers a bounded number of
 * answers and conversations. A request that is no conversation gets OTHER_SESSION, so that model
 * lists and file uploads do not appear as sessions.
 */
import { createHash } from 'node:crypto';
import type { Message, RequestView } from '../../core/conversation.ts';
import { OTHER_SESSION, type SessionSource } from '../../core/exchange.ts';
import { uuidv7 } from '../../core/uuid.ts';
import { LruMap } from '../lru.ts';

/** Answers whose id a later request may continue. */
const MAX_ANSWERS = 20_000;
/** Message prefixes of clients that send no id: about 90 bytes each. */
const MAX_PREFIXES = 50_000;
/** A conversation is not joined by its text after a longer pause. */
const PREFIX_LIFETIME_MS = 2 * 60 * 60 * 1000;

export interface SessionQuery {
  readonly hint: { readonly id: string; readonly source: SessionSource } | null;
  readonly previousResponseId: string | null;
  readonly view: RequestView | null;
  readonly clientAddress: string;
  readonly userAgent: string | null;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface ResolvedSession {
  readonly sessionId: string;
  readonly sessionSource: SessionSource;
}

export class SessionResolver {
  readonly #findByResponseId: (responseId: string) => string | null;
  readonly #answers = new LruMap<string, string>(MAX_ANSWERS);
  readonly #prefixes = new LruMap<string, { sessionId: string; at: number }>(MAX_PREFIXES);

  /** @param findByResponseId looks an answer up that an earlier process recorded. */
  constructor(findByResponseId: (responseId: string) => string | null = () => null) {
    this.#findByResponseId = findByResponseId;
  }

  /** Remembers to which session an answer belongs. */
  learnAnswer(responseId: string, sessionId: string): void {
    this.#answers.set(responseId, sessionId);
  }

  resolve(query: SessionQuery): ResolvedSession {
    if (query.hint !== null) {
      return { sessionId: query.hint.id, sessionSource: query.hint.source };
    }
    const continued = this.#continuedSession(query.previousResponseId);
    if (continued !== null) return { sessionId: continued, sessionSource: 'previous-response' };
    if (query.view === null) return { sessionId: OTHER_SESSION, sessionSource: 'new' };
    return this.#byPrefix(query, query.view);
  }

  #continuedSession(responseId: string | null): string | null {
    if (responseId === null) return null;
    return this.#answers.get(responseId) ?? this.#findByResponseId(responseId);
  }

  #byPrefix(query: SessionQuery, view: RequestView): ResolvedSession {
    const keys = prefixKeys(query, view);
    const known = keys
      .toReversed()
      .map((key) => this.#prefixes.get(key))
      .find((entry) => entry !== undefined && query.at - entry.at <= PREFIX_LIFETIME_MS);
    const sessionId = known?.sessionId ?? uuidv7(query.at);
    for (const key of keys) this.#prefixes.set(key, { sessionId, at: query.at });
    return { sessionId, sessionSource: known === undefined ? 'new' : 'shared-prefix' };
  }
}

/**
 * One key per message from the first that is not a system prompt on: two conversations that share
 * only their instructions are not one. Each key covers all messages before it.
 */
function prefixKeys(query: SessionQuery, view: RequestView): string[] {
  let state = JSON.stringify([query.clientAddress, query.userAgent, view.model]);
  const keys: string[] = [];
  let hasConversation = false;
  for (const message of view.messages) {
    state = createHash('sha256').update(state).update(JSON.stringify(message)).digest('base64url');
    hasConversation ||= isConversation(message);
    if (hasConversation) keys.push(state);
  }
  return keys;
}

function isConversation(message: Message): boolean {
  return message.role !== 'system' && message.role !== 'developer';
}
