/**
 * How fast answers arrive now, a number for each of the last seconds. Providers count tokens only at
 * the end, so this goes by characters (four to a token) and is shown as an estimate.
 */
const SECONDS = 60;
const CHARS_PER_TOKEN = 4;
const BARS = ' ▁▂▃▄▅▆▇█';

export class SpeedMeter {
  readonly #now: () => number;
  readonly #chars = new Map<number, number>();

  /** `now` is a clock in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  add(chars: number): void {
    const second = Math.floor(this.#now() / 1000);
    this.#chars.set(second, (this.#chars.get(second) ?? 0) + chars);
    for (const old of this.#chars.keys()) {
      if (old > second - SECONDS) break;
      this.#chars.delete(old);
    }
  }

  /** Estimated tokens per second of the last `seconds`, oldest first; the running second is not in it. */
  perSecond(seconds: number): number[] {
    const current = Math.floor(this.#now() / 1000);
    return Array.from({ length: seconds }, (_, index) => {
      const second = current - seconds + index;
      return (this.#chars.get(second) ?? 0) / CHARS_PER_TOKEN;
    });
  }

  get isMoving(): boolean {
    const newest = [...this.#chars.keys()].at(-1) ?? 0;
    return newest > Math.floor(this.#now() / 1000) - SECONDS;
  }
}

/** One block character for each value, the largest a full one. */
export function sparkline(values: readonly number[]): string {
  const largest = Math.max(...values, 1);
  return values
    .map((value) => BARS[value <= 0 ? 0 : Math.max(1, Math.round((value / largest) * 8))] ?? ' ')
    .join('');
}
