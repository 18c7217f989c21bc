/**
 * Runs upkeep in the recorder's thread: soon after the start and every hour, step by step with pauses
 * in which the recorder writes. One run at a time; a run that fails is tried again, and told once for
 * as long as it keeps failing.
 */
import type { PruneReport } from '../../core/retention.ts';
import type { Clock } from '../recorder/clock.ts';
import type { Steps } from './upkeep.ts';

/** The recorder first opens its files and writes what came while it did. */
const FIRST_MS = 2_000;
const HOUR_MS = 3_600_000;
const AGAIN_MS = 60_000;
/** Upkeep takes at most this share of the recorder's time. */
const PAUSE_PER_WORK = 2;
const MIN_PAUSE_MS = 5;

export interface ScheduleOptions {
  readonly clock: Clock;
  readonly begin: () => Steps<PruneReport | null>;
  /** Told in a sentence what a person should mend. */
  readonly onNotice: (notice: string) => void;
}

export class UpkeepSchedule {
  readonly #options: ScheduleOptions;
  readonly #told = new Set<string>();
  #run: Steps<PruneReport | null> | null = null;
  #cancel: () => void = () => undefined;

  constructor(options: ScheduleOptions) {
    this.#options = options;
  }

  start(): void {
    this.#wait(FIRST_MS);
  }

  /** Breaks a run off and begins no other. */
  stop(): void {
    this.#cancel();
    this.#run?.return(null);
    this.#run = null;
  }

  #wait(ms: number): void {
    this.#cancel = this.#options.clock.after(ms, () => this.#step());
  }

  #step(): void {
    const { clock, begin } = this.#options;
    const startedAt = clock.now();
    try {
      this.#run ??= begin();
      const step = this.#run.next();
      if (step.done) this.#finish(step.value);
      else this.#wait(Math.max(MIN_PAUSE_MS, (clock.now() - startedAt) * PAUSE_PER_WORK));
    } catch (error) {
      this.#run = null;
      this.#tell([`Old records could not be deleted: ${messageOf(error)}. It is tried again.`]);
      this.#wait(AGAIN_MS);
    }
  }

  #finish(report: PruneReport | null): void {
    this.#run = null;
    this.#tell(report?.problems ?? []);
    this.#wait(HOUR_MS);
  }

  #tell(problems: readonly string[]): void {
    for (const problem of problems) if (!this.#told.has(problem)) this.#options.onNotice(problem);
    this.#told.clear();
    for (const problem of problems) this.#told.add(problem);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
