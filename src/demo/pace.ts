/**
 * How fast the demo goes. Every pause of its two ends is taken here, so that hurry() lets what has
 * begun end at once and begins nothing new: whatever was sent was then sent completely.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export class Pace {
  readonly #hurry = new AbortController();

  get isHurrying(): boolean {
    return this.#hurry.signal.aborted;
  }

  /** Waits for `ms`, or until it must hurry. */
  async wait(ms: number): Promise<void> {
    if (this.isHurrying) return;
    await sleep(ms, undefined, { signal: this.#hurry.signal }).catch(() => undefined);
  }

  hurry(): void {
    this.#hurry.abort();
  }
}
