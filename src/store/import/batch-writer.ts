/** The reading side of write-thread.ts: hands batches over, and tells when they are on disk. */
import { Worker } from 'node:worker_threads';
import type { SinkItem } from '../sink.ts';

export interface FileState {
  readonly path: string;
  readonly size: number;
  /** Epoch milliseconds, with fractions. */
  readonly modifiedAt: number;
}

/** All of it is written, or nothing. */
export interface ImportBatch {
  readonly items: readonly SinkItem[];
  /** Files of which everything is written then. */
  readonly finished: readonly FileState[];
}

export interface WriterData {
  readonly path: string;
  /** Names the import's run in the database. */
  readonly instanceId: string;
}

export type WriterToReader =
  | { readonly type: 'written' }
  /** What a person should read once. */
  | { readonly type: 'notice'; readonly notice: string };

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class BatchWriter {
  readonly #worker: Worker;
  readonly #ended = Promise.withResolvers<void>();
  /** Batches that are not written yet, oldest first. */
  readonly #waiting: Waiting[] = [];
  #failure: Error | null = null;

  /** @param thread the file of write-thread.ts, or what it was bundled to */
  constructor(thread: URL, data: WriterData, onNotice: (notice: string) => void) {
    this.#worker = new Worker(thread, { name: 'import', workerData: data });
    this.#worker.on('message', (message: WriterToReader) => {
      if (message.type === 'written') this.#waiting.shift()?.resolve();
      else onNotice(message.notice);
    });
    this.#worker.on('error', (error) => {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    });
    this.#worker.on('exit', () => {
      this.#fail(new Error('the thread that writes has ended'));
      this.#ended.resolve();
    });
  }

  /** Resolves when it is on disk; rejects with SQLite's error. After one error all do. */
  write(batch: ImportBatch): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ resolve, reject });
    this.#worker.postMessage(batch);
    return promise;
  }

  /** Resolves when the database is closed. */
  async close(): Promise<void> {
    if (this.#failure === null) this.#worker.postMessage(null);
    await this.#ended.promise;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
