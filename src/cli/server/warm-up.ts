/**
 * Adds up the days of a large history before the page asks for them, so that its first view of a month
 * takes as long as any other. In small steps with pauses: this thread also draws the screen.
 */
import { statSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { History } from '../../core/ports.ts';

/** The start comes first. */
const BEGIN_MS = 2000;
/** Days end, and deletions make the sums of all days anew. */
const AGAIN_MS = 600_000;
/** Pauses are so many times as long as the work. */
const SHARE = 2;
/** A smaller history is added up within one request. */
const LARGE_BYTES = 32 * 1024 * 1024;
/** The page's spans, soonest asked first; null: all days. */
const SPANS = [7, 30, null];
/** Activity is shown for the spans above that have an end. */
const ACTIVITY_DAYS = 30;

/** Works beside everything else until the function that it gives is called. */
export function keepWarm(history: () => History | null, sqlitePath: string | null): () => void {
  const end = new AbortController();
  if (sqlitePath !== null) void warmAgain(history, sqlitePath, end.signal);
  return () => end.abort();
}

async function warmAgain(
  history: () => History | null,
  sqlitePath: string,
  signal: AbortSignal,
): Promise<void> {
  const pause = (ms: number): Promise<unknown> =>
    sleep(ms, undefined, { ref: false, signal }).catch(() => null);
  for (await pause(BEGIN_MS); !signal.aborted; await pause(AGAIN_MS)) {
    try {
      const opened = isLarge(sqlitePath) ? history() : null;
      const work = opened === null ? null : steps(opened, Date.now());
      for (let began = performance.now(); ; began = performance.now()) {
        if (signal.aborted || work === null || work.next().done === true) break;
        await pause(SHARE * (performance.now() - began));
      }
    } catch {
      // The history cannot be read just now: whoever asks is told why.
    }
  }
}

function isLarge(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LARGE_BYTES;
}

/** One day, or one count of all days, a step. */
function* steps(history: History, now: number): Generator<void, void> {
  for (const days of SPANS) {
    yield* history.rollUp(days === null ? 0 : dayBefore(now, days));
  }
  for (let days = 1; days <= ACTIVITY_DAYS; days += 1) {
    history.activity(dayBefore(now, days), dayBefore(now, days - 1));
    yield;
  }
}

/** Local midnight, so many days ago. */
function dayBefore(now: number, days: number): number {
  const date = new Date(now);
  date.setHours(0, 0, 0, 0);
  return date.setDate(date.getDate() - days);
}
