/**
 * The last 30 days, read a day at a time between other work, the newest first: the statistics of any
 * span appear at once and fill in, and a long history never holds up a key press. Days that are over
 * are read once.
 */
import type { Activity, History } from '../../core/ports.ts';

const DAYS = 30;
/** Today changes: read again when it is looked at and older than this. */
const FRESH_MS = 5000;

export interface DayReader {
  readonly history: History;
  readonly now: () => number;
  readonly later: (run: () => void) => void;
  readonly onRead: () => void;
}

export class ActivityDays {
  readonly #reader: DayReader;
  readonly #days = new Map<number, Activity>();
  #todayReadAt = Number.NEGATIVE_INFINITY;
  #isReading = false;

  constructor(reader: DayReader) {
    this.#reader = reader;
  }

  /** Newest first, as far as read. */
  latest(count: number): readonly Activity[] {
    return dayStarts(this.#reader.now(), count).flatMap((start) => this.#days.get(start) ?? []);
  }

  isComplete(count: number): boolean {
    return dayStarts(this.#reader.now(), count).every((start) => this.#days.has(start));
  }

  /** Reads what is missing or old. */
  refresh(): void {
    const { now } = this.#reader;
    const [today] = dayStarts(now(), 1);
    if (today !== undefined && now() - this.#todayReadAt > FRESH_MS) this.#days.delete(today);
    if (!this.#isReading) this.#readNext();
  }

  #readNext(): void {
    const { history, now, later, onRead } = this.#reader;
    const starts = dayStarts(now(), DAYS);
    const index = starts.findIndex((start) => !this.#days.has(start));
    const start = starts[index];
    this.#isReading = start !== undefined;
    if (start === undefined) return;
    later(() => {
      // What started a moment ago in a clock that was set back still belongs to today.
      const end = starts[index - 1] ?? Number.MAX_SAFE_INTEGER;
      this.#days.set(start, history.activity(start, end));
      if (index === 0) this.#todayReadAt = now();
      this.#forget(starts.at(-1) ?? 0);
      onRead();
      this.#readNext();
    });
  }

  #forget(before: number): void {
    for (const start of this.#days.keys()) if (start < before) this.#days.delete(start);
  }
}

/** Local midnights, today's first. Days have 23 to 25 hours. */
function dayStarts(now: number, count: number): number[] {
  const today = new Date(now);
  return Array.from({ length: count }, (_, age) =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() - age).getTime(),
  );
}
