/**
 * When the screen is drawn. A burst of events becomes one frame; a key press is drawn at once; a
 * large screen, which costs more, less often. Nothing ticks while nothing happens.
 */
export interface PulseTimers {
  after(ms: number, run: () => void): () => void;
}

const FRAME_MS = 200;
/** Columns × rows above which frames are rarer. */
const LARGE_AREA = 150 * 50;
const LARGE_FRAME_MS = 300;

export class Pulse {
  readonly #timers: PulseTimers;
  readonly #draw: () => void;
  #cancel: (() => void) | null = null;
  #intervalMs = FRAME_MS;

  constructor(timers: PulseTimers, draw: () => void) {
    this.#timers = timers;
    this.#draw = draw;
  }

  resized(columns: number, rows: number): void {
    this.#intervalMs = columns * rows > LARGE_AREA ? LARGE_FRAME_MS : FRAME_MS;
  }

  /** Something changed: drawn within one interval. */
  soon(): void {
    this.#cancel ??= this.#timers.after(this.#intervalMs, () => this.now());
  }

  /** The person did something: drawn at once. */
  now(): void {
    this.stop();
    this.#draw();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }
}

export const REAL_TIMERS: PulseTimers = {
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
