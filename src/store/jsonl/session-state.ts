/**
 * What of a session is already in its files, so that it is not written again, and which tool calls
 * wait for their result. Bounded: what is forgotten is at worst written a second time.
 */

/** Longest conversations seen have about 2,000 messages; subagents share the session. */
const MAX_PREFIXES = 5000;
const MAX_MEMBERS = 256;
const MAX_CALLS = 1000;

export interface PendingCall {
  readonly name: string;
  /** When the answer that asked for it ended, epoch milliseconds. */
  readonly askedAt: number;
}

export class SessionState {
  /** Fingerprint of the first k messages → an exchange whose conversation begins with them. */
  readonly #prefixes = new Map<string, string>();
  /** Fingerprint of a long member of a body (system, tools …) → the exchange where it is written. */
  readonly #members = new Map<string, string>();
  readonly #calls = new Map<string, PendingCall>();

  /** How many of these rolling fingerprints are known, and the exchange that has them. */
  longestPrefix(chain: readonly string[]): { length: number; exchangeId: string | null } {
    for (let length = chain.length; length > 0; length -= 1) {
      const exchangeId = this.#prefixes.get(chain[length - 1] ?? '');
      if (exchangeId !== undefined) return { length, exchangeId };
    }
    return { length: 0, exchangeId: null };
  }

  addConversation(chain: readonly string[], exchangeId: string): void {
    for (const prefix of chain)
      put(this.#prefixes, { key: prefix, value: exchangeId, max: MAX_PREFIXES });
  }

  memberSource(fingerprint: string): string | null {
    return this.#members.get(fingerprint) ?? null;
  }

  addMember(fingerprint: string, exchangeId: string): void {
    put(this.#members, { key: fingerprint, value: exchangeId, max: MAX_MEMBERS });
  }

  pendingCall(id: string): PendingCall | null {
    return this.#calls.get(id) ?? null;
  }

  addCall(id: string, call: PendingCall): void {
    put(this.#calls, { key: id, value: call, max: MAX_CALLS });
  }

  answerCall(id: string): void {
    this.#calls.delete(id);
  }
}

function put<V>(map: Map<string, V>, entry: { key: string; value: V; max: number }): void {
  map.delete(entry.key);
  map.set(entry.key, entry.value);
  if (map.size <= entry.max) return;
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}
