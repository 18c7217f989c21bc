/**
 * Tells the world how the recorder is: at once when a trouble appears or goes, at most once a second
 * when only numbers change, and not at all when nothing does.
 */
import type { RecorderStatus } from '../../core/events.ts';
import type { Clock } from './clock.ts';

const NUMBERS_EVERY_MS = 1000;

export class StatusReporter {
  readonly #clock: Clock;
  readonly #read: () => RecorderStatus;
  readonly #publish: (status: RecorderStatus) => void;
  #last: RecorderStatus = { queueBytes: 0, droppedBytes: 0, writeErrors: 0, degraded: [] };
  #lastAt = Number.NEGATIVE_INFINITY;
  #isArmed = false;

  constructor(clock: Clock, read: () => RecorderStatus, publish: (status: RecorderStatus) => void) {
    this.#clock = clock;
    this.#read = read;
    this.#publish = publish;
  }

  /** Something may have changed. */
  update(): void {
    const status = this.#read();
    const waited = this.#clock.now() - this.#lastAt;
    if (!isSameTrouble(status, this.#last)) this.#tell(status);
    else if (isSame(status, this.#last)) return;
    else if (waited >= NUMBERS_EVERY_MS) this.#tell(status);
    else this.#arm(NUMBERS_EVERY_MS - waited);
  }

  #tell(status: RecorderStatus): void {
    this.#last = status;
    this.#lastAt = this.#clock.now();
    this.#publish(status);
  }

  #arm(ms: number): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    this.#clock.after(ms, () => {
      this.#isArmed = false;
      this.update();
    });
  }
}

function isSame(a: RecorderStatus, b: RecorderStatus): boolean {
  return (
    a.queueBytes === b.queueBytes &&
    a.droppedBytes === b.droppedBytes &&
    a.writeErrors === b.writeErrors
  );
}

function isSameTrouble(a: RecorderStatus, b: RecorderStatus): boolean {
  return a.degraded.join('\n') === b.degraded.join('\n');
}
