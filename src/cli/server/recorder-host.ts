/** Holds the recorder worker: starts it, passes on what it says, closes it within a deadline. */
import type { Transferable } from 'node:worker_threads';
import type { FlowEvent } from '../../core/events.ts';
import type { MainToRecorder, RecorderToMain, RecorderWorkerData } from '../../store/messages.ts';
import { WorkerLife } from './worker-life.ts';

export interface RecorderListeners {
  readonly onEvents: (events: readonly FlowEvent[]) => void;
  readonly onNotices: (notices: readonly string[]) => void;
  readonly onDeath: (reason: string) => void;
}

/**
 * The deadline bounds the waiting for a disk. Working through what has come takes a starved machine
 * longer, and is no reason to lose it; a thread that does not even then say that it has ended is given up.
 */
const CLOSE_GRACE_MS = 5000;

export class RecorderHost {
  readonly #url: URL;
  readonly #listeners: RecorderListeners;
  #life: WorkerLife<MainToRecorder, RecorderToMain> | null = null;
  #ready = Promise.withResolvers<void>();
  #closed = Promise.withResolvers<void>();

  constructor(url: URL, listeners: RecorderListeners) {
    this.#url = url;
    this.#listeners = listeners;
  }

  /** Resolves when the current worker records, and never when it dies before. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  start(data: RecorderWorkerData, transfer: readonly Transferable[]): void {
    this.#ready = Promise.withResolvers<void>();
    this.#closed = Promise.withResolvers<void>();
    this.#life = new WorkerLife<MainToRecorder, RecorderToMain>({
      name: 'recorder',
      url: this.#url,
      data,
      transfer,
      onMessage: (message) => this.#receive(message),
      onDeath: (reason) => {
        this.#closed.resolve();
        this.#listeners.onDeath(reason);
      },
    });
  }

  /** Lets it write for at most `deadlineMs`, then ends it. */
  async close(deadlineMs: number): Promise<void> {
    const life = this.#life;
    if (life === null) return;
    this.#life = null;
    life.expectEnd();
    life.post({ type: 'close', deadlineMs });
    const timer = setTimeout(() => this.#closed.resolve(), deadlineMs + CLOSE_GRACE_MS);
    await Promise.race([this.#closed.promise, life.ended]);
    clearTimeout(timer);
    await life.end();
  }

  #receive(message: RecorderToMain): void {
    switch (message.type) {
      case 'ready':
        this.#listeners.onNotices(message.notices);
        this.#ready.resolve();
        break;
      case 'notices':
        this.#listeners.onNotices(message.notices);
        break;
      case 'events':
        this.#listeners.onEvents(message.events);
        break;
      case 'closed':
        this.#closed.resolve();
    }
  }
}
