/**
 * How often a worker that died by itself is started again: at once the first time, then after longer
 * and longer pauses, and not at all when it dies again and again. Pure but for the given clock.
 */
const WINDOW_MS = 60_000;
const MAX_DEATHS = 5;
const FIRST_PAUSE_MS = 100;

export class RestartBudget {
  readonly #now: () => number;
  #deaths: number[] = [];

  /** `now` is a monotonic clock in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes a death; the pause before the next start in milliseconds, or null to give up. */
  nextPause(): number | null {
    const at = this.#now();
    this.#deaths = [...this.#deaths.filter((death) => at - death < WINDOW_MS), at];
    const count = this.#deaths.length;
    if (count > MAX_DEATHS) return null;
    return count === 1 ? 0 : FIRST_PAUSE_MS * 2 ** (count - 2);
  }
}
