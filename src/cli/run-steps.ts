/** Runs upkeep in a command: between its steps a recorder that runs beside it gets the write lock. */
import { setTimeout as sleep } from 'node:timers/promises';

const WORK_MS = 20;
const PAUSE_MS = 5;

export async function runSteps<T>(steps: Generator<void, T>): Promise<T> {
  let startedAt = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - startedAt < WORK_MS) continue;
    await sleep(PAUSE_MS);
    startedAt = performance.now();
  }
}
