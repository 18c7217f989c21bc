/**
 * The last events, as text, for readers that come back after a short break. Each event is written out
 * once for all readers. Follows the source only while somebody reads, and a little longer.
 */
import type { LiveSource } from '../../core/live-source.ts';

/** Characters of text that are remembered. */
const MAX_CHARS = 8 * 1024 * 1024;
/** A browser asks again after a few seconds. */
const LINGER_MS = 60_000;

interface Remembered {
  readonly seq: number;
  readonly text: string;
}

type Listener = (text: string) => void;

export class LiveTail {
  readonly #source: () => LiveSource;
  readonly #listeners = new Set<Listener>();
  #events: Remembered[] = [];
  #chars = 0;
  /** The sequence number before the first one that is remembered; null while nothing is followed. */
  #start: number | null = null;
  #unfollow: (() => void) | null = null;
  #linger: NodeJS.Timeout | null = null;

  constructor(source: () => LiveSource) {
    this.#source = source;
  }

  /** Returns the function that ends the subscription. */
  subscribe(listener: Listener): () => void {
    if (this.#linger !== null) clearTimeout(this.#linger);
    this.#listeners.add(listener);
    this.#follow();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0)
        this.#linger = setTimeout(() => this.close(), LINGER_MS).unref();
    };
  }

  /** An event's id: a server that was started anew counts from the start again. */
  idOf(seq: number): string {
    return `${this.#source().facts.startedAt}-${seq}`;
  }

  /** What came after the event with this id; null when that is not known (any more). */
  since(id: string): string | null {
    const [, run = '', seqText = ''] = /^(\d+)-(\d{1,15})$/.exec(id) ?? [];
    const source = this.#source();
    const seq = Number(seqText);
    if (run !== `${source.facts.startedAt}` || this.#start === null) return null;
    if (seq < this.#start || seq > source.state().seq) return null;
    return this.#events
      .filter((event) => event.seq > seq)
      .map(({ text }) => text)
      .join('');
  }

  /** Forgets everything and follows nothing. */
  close(): void {
    this.#unfollow?.();
    this.#unfollow = null;
    this.#events = [];
    this.#chars = 0;
    this.#start = null;
  }

  #follow(): void {
    if (this.#unfollow !== null) return;
    const source = this.#source();
    this.#start = source.state().seq;
    this.#unfollow = source.subscribe((update) => {
      if (update.type !== 'event') return;
      const { seq } = update.event;
      const text = sseText(this.idOf(seq), 'flow', update.event);
      this.#remember({ seq, text });
      for (const listener of this.#listeners) listener(text);
    });
  }

  #remember(event: Remembered): void {
    this.#events.push(event);
    this.#chars += event.text.length;
    while (this.#chars > MAX_CHARS) {
      const oldest = this.#events.shift();
      if (oldest === undefined) return;
      this.#chars -= oldest.text.length;
      this.#start = oldest.seq;
    }
  }
}

export function sseText(id: string, event: string, data: unknown): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
