/**
 * What happens now, from the server's event stream: the same reducer as the terminal's screen. React
 * hears of it at most ten times a second, and not at all while nothing happens or the page is hidden.
 */
import { useSyncExternalStore } from 'react';
import type { FlowEvent } from '../../../core/events.ts';
import { type LiveSnapshot, unpackSnapshot } from '../../../core/live-source.ts';
import { emptyLiveState, type LiveState, reduceLiveState } from '../../../core/live-state.ts';
import { apiUrl } from '../api/client.ts';

export interface LiveView {
  readonly state: LiveState;
  /** `connecting` until the first snapshot; `lost` while the server does not answer. */
  readonly link: 'connecting' | 'open' | 'lost';
}

const SHOW_EVERY_MS = 100;
const AGAIN_AFTER_MS = 5000;

type Listener = () => void;

export class LiveStore {
  #view: LiveView = { state: emptyLiveState(), link: 'connecting' };
  #pending: LiveView = this.#view;
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #listeners = new Set<Listener>();
  readonly #eventListeners = new Set<(event: FlowEvent | null) => void>();

  /**
   * Connects; the browser itself connects again when the stream breaks, but not when it was refused
   * (too many screens, a server that is just ending): that is tried again here.
   */
  open(): void {
    const stream = new EventSource(apiUrl('live'));
    stream.addEventListener('snapshot', ({ data }: MessageEvent<string>) => {
      const snapshot: LiveSnapshot = JSON.parse(data);
      this.#set({ state: unpackSnapshot(snapshot), link: 'open' });
      for (const listener of this.#eventListeners) listener(null);
    });
    stream.addEventListener('flow', ({ data }: MessageEvent<string>) => {
      const event: FlowEvent = JSON.parse(data);
      this.#set({ state: reduceLiveState(this.#pending.state, event), link: 'open' });
      for (const listener of this.#eventListeners) listener(event);
    });
    stream.addEventListener('error', () => {
      this.#set({ ...this.#pending, link: 'lost' });
      if (stream.readyState === EventSource.CLOSED) setTimeout(() => this.open(), AGAIN_AFTER_MS);
    });
    stream.addEventListener('open', () => this.#set({ ...this.#pending, link: 'open' }));
  }

  /** Each event as it comes; null when a snapshot replaced what was known. */
  onEvent(listener: (event: FlowEvent | null) => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  readonly subscribe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly view = (): LiveView => this.#view;

  #set(view: LiveView): void {
    this.#pending = view;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#view = this.#pending;
      for (const listener of this.#listeners) listener();
    }, SHOW_EVERY_MS);
  }
}

export const liveStore = new LiveStore();

export function useLive(): LiveView {
  return useSyncExternalStore(liveStore.subscribe, liveStore.view);
}
