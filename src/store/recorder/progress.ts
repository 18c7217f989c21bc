/**
 * What arrives of running answers, gathered for a moment before it is shown: a screen draws ten
 * times a second, a provider sends a hundred pieces. The only events that may be lost: beyond a
 * bound the oldest text of the moment is left out.
 */
import type { UnnumberedEvent } from '../../core/events.ts';
import type { Usage } from '../../core/usage.ts';
import type { Delta } from '../../dialects/codec.ts';
import type { Clock } from './clock.ts';

const GATHER_MS = 80;
/** A screen shows less of one moment. */
const MAX_TEXT = 8192;
const MAX_PIECES = 32;

/** A running answer. */
export interface ProgressSource {
  readonly exchangeId: string;
  /** Bytes of the response so far. */
  bytes(): number;
  usage(): Usage | null;
}

interface Pending {
  readonly source: ProgressSource;
  readonly pieces: Delta[];
}

export class ProgressBoard {
  readonly #clock: Clock;
  readonly #publish: (event: UnnumberedEvent) => void;
  readonly #pending = new Map<string, Pending>();
  #isArmed = false;

  constructor(clock: Clock, publish: (event: UnnumberedEvent) => void) {
    this.#clock = clock;
    this.#publish = publish;
  }

  add(source: ProgressSource, deltas: readonly Delta[]): void {
    const pending = this.#pending.get(source.exchangeId) ?? { source, pieces: [] };
    this.#pending.set(source.exchangeId, pending);
    for (const delta of deltas) append(pending.pieces, delta);
    if (this.#isArmed) return;
    this.#isArmed = true;
    this.#clock.after(GATHER_MS, () => this.#flushAll());
  }

  /** Publishes what is gathered of one exchange: its end must come after its last progress. */
  flush(exchangeId: string): void {
    const pending = this.#pending.get(exchangeId);
    if (pending === undefined) return;
    this.#pending.delete(exchangeId);
    const { source } = pending;
    const usage = source.usage();
    for (const { kind, text } of pending.pieces) {
      const bytes = source.bytes();
      this.#publish({ type: 'response.progress', exchangeId, bytes, kind, text, usage });
    }
  }

  #flushAll(): void {
    this.#isArmed = false;
    for (const exchangeId of [...this.#pending.keys()]) this.flush(exchangeId);
  }
}

/** Text of the same kind becomes one piece. */
function append(pieces: Delta[], { kind, text }: Delta): void {
  const last = pieces.at(-1);
  if (last?.kind === kind) pieces.pop();
  const joined = last?.kind === kind ? last.text + text : text;
  pieces.push({ kind, text: joined.slice(-MAX_TEXT) });
  if (pieces.length > MAX_PIECES) pieces.shift();
}
