/**
 * Time as the recorder sees it, injected so that tests decide what time it is. Durations come from
 * `now` alone: the wall clock may jump.
 */
export interface Clock {
  /** Monotonic milliseconds. */
  now(): number;
  /** Epoch milliseconds. */
  wall(): number;
  /** Runs `task` once after `ms` milliseconds; the returned function cancels it. */
  after(ms: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(ms, task) {
    // A timer must not keep a thread alive that has nothing else to do.
    const timer = setTimeout(task, ms).unref();
    return () => clearTimeout(timer);
  },
};
