/**
 * The live source of a server in another process, over its UI port. Keeps its own live state by the
 * same reducer; when the connection breaks it tries again until it is closed, and starts from a new
 * snapshot.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../core/errors.ts';
import type { FlowEvent } from '../../core/events.ts';
import {
  type LiveSnapshot,
  type LiveSource,
  type LiveUpdate,
  type ServerFacts,
  unpackSnapshot,
} from '../../core/live-source.ts';
import { emptyLiveState, type LiveState, reduceLiveState } from '../../core/live-state.ts';
import { type SseEvent, SseReader } from '../../dialects/sse.ts';

interface RemoteAddress {
  /** `http://127.0.0.1:8082` */
  readonly url: string;
  readonly token: string;
}

const PATH = '/api/v1/live';
const RETRY_MS = 1000;
/** A snapshot holds the text of all running answers. */
const MAX_MESSAGE = 64 * 1024 * 1024;

/** Where the server is now: one that was started anew has another token. */
export type Locate = () => RemoteAddress | null;

/** Resolves when the first snapshot is here; throws a UserError when it does not come. */
export async function attach(locate: Locate): Promise<RemoteSource> {
  const source = new RemoteSource(locate);
  await source.connect();
  return source;
}

export class RemoteSource implements LiveSource {
  readonly #locate: Locate;
  readonly #listeners = new Set<(update: LiveUpdate) => void>();
  readonly #closing = new AbortController();
  #state: LiveState = emptyLiveState();
  #facts: ServerFacts | null = null;

  constructor(locate: Locate) {
    this.#locate = locate;
  }

  get facts(): ServerFacts {
    if (this.#facts === null) throw new Error('not connected yet');
    return this.#facts;
  }

  state(): LiveState {
    return this.#state;
  }

  subscribe(listener: (update: LiveUpdate) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#closing.abort();
  }

  async connect(): Promise<void> {
    const first = Promise.withResolvers<void>();
    void this.#run(first.resolve, first.reject);
    await first.promise;
  }

  /** Reads until it is closed; the first failure, before any snapshot, is the caller's. */
  async #run(onFirst: () => void, onFailure: (error: Error) => void): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const reason = await this.#read(onFirst).catch((error: unknown) => messageOf(error));
      if (this.#closing.signal.aborted) return;
      if (this.#facts === null) {
        onFailure(
          new UserError(`cannot attach to the LunaRoute that runs: ${reason}`, {
            hint: 'see `lunaroute status` and `lunaroute logs`',
          }),
        );
        return;
      }
      this.#tell({ type: 'lost', reason });
      await sleep(RETRY_MS, null, { signal: this.#closing.signal }).catch(() => null);
    }
  }

  /** Returns why the stream ended. */
  async #read(onFirst: () => void): Promise<string> {
    const address = this.#locate();
    if (address === null) return 'no server runs';
    const response = await fetch(`${address.url}${PATH}`, {
      headers: { authorization: `Bearer ${address.token}` },
      signal: this.#closing.signal,
    });
    if (response.status !== 200 || response.body === null) return `status ${response.status}`;
    const reader = new SseReader(MAX_MESSAGE);
    for await (const chunk of response.body) {
      for (const event of reader.push(chunk)) this.#take(event, onFirst);
    }
    return 'the server has ended';
  }

  #take({ event, data }: SseEvent, onFirst: () => void): void {
    const value: unknown = JSON.parse(data);
    if (event === 'snapshot') {
      if (!isSnapshot(value)) throw new Error('it is of another version: stop it, start it anew');
      this.#facts = value.facts;
      this.#state = unpackSnapshot(value);
      this.#tell({ type: 'snapshot' });
      onFirst();
    }
    if (event === 'flow' && isEvent(value)) {
      this.#state = reduceLiveState(this.#state, value);
      this.#tell({ type: 'event', event: value });
    }
  }

  #tell(update: LiveUpdate): void {
    for (const listener of this.#listeners) listener(update);
  }
}

function isSnapshot(value: unknown): value is LiveSnapshot {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Record<string, unknown> = { ...value };
  const hasLists = Array.isArray(fields['running']) && Array.isArray(fields['limits']);
  return typeof fields['seq'] === 'number' && hasLists && 'facts' in fields;
}

function isEvent(value: unknown): value is FlowEvent {
  return typeof value === 'object' && value !== null && 'seq' in value && 'type' in value;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
