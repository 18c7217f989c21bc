/**
 * One life of a worker thread: typed messages both ways, and exactly one report when it ends without
 * having been told to. Decides nothing about what follows.
 */
import { type Transferable, Worker } from 'node:worker_threads';

/**
 * Bodies are memory outside of V8's heap, given back when a young object is collected: a small nursery
 * is collected often.
 */
const YOUNG_MB = 6;

export interface WorkerStart<Received> {
  /** What `top -H` and the benchmark call the thread. */
  readonly name: string;
  readonly url: URL;
  readonly data: unknown;
  readonly transfer: readonly Transferable[];
  readonly onMessage: (message: Received) => void;
  /** The thread ended, and nobody had called end() or expectEnd(). */
  readonly onDeath: (reason: string) => void;
}

export class WorkerLife<Sent, Received> {
  readonly #worker: Worker;
  readonly #ended = Promise.withResolvers<void>();
  #isExpected = false;

  constructor(start: WorkerStart<Received>) {
    this.#worker = new Worker(start.url, {
      name: start.name,
      workerData: start.data,
      transferList: [...start.transfer],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    let reason = '';
    this.#worker.on('message', (message: Received) => start.onMessage(message));
    this.#worker.on('error', (error) => {
      reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    });
    this.#worker.on('exit', (code) => {
      this.#ended.resolve();
      if (!this.#isExpected) start.onDeath(reason || `exit code ${code}`);
    });
  }

  /** Resolves when the thread has ended, for whatever reason. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  post(message: Sent, transfer: readonly Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  /** From now on its end is nothing to report. */
  expectEnd(): void {
    this.#isExpected = true;
  }

  async end(): Promise<void> {
    this.expectEnd();
    await this.#worker.terminate();
  }
}
