/**
 * Holds the proxy worker: starts it, knows its address, drains it. A worker that follows a dead one
 * listens on the same port, so that clients find it.
 */
import type { MessagePort, Transferable } from 'node:worker_threads';
import type { ProxyOptions } from '../../core/options.ts';
import type { MainToProxy, ProxyToMain, ProxyWorkerData } from '../../proxy/messages.ts';
import { WorkerLife } from './worker-life.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Why the proxy cannot listen; `code` is the system's, such as EADDRINUSE. */
export class ListenError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ListenError';
    this.code = code;
  }
}

/** Over its deadline a drain has ended; a thread that does not say so is not waited for. */
const DRAIN_GRACE_MS = 1000;
const DESTROY_GRACE_MS = 500;

export class ProxyHost {
  readonly #url: URL;
  readonly #onDeath: (reason: string) => void;
  #life: WorkerLife<MainToProxy, ProxyToMain> | null = null;
  #listening = Promise.withResolvers<Address>();
  #drained = Promise.withResolvers<number>();
  #address: Address | null = null;

  constructor(url: URL, onDeath: (reason: string) => void) {
    this.#url = url;
    this.#onDeath = onDeath;
  }

  /** Throws a ListenError when it cannot listen. */
  async start(
    options: ProxyOptions,
    counters: SharedArrayBuffer,
    tapPort: MessagePort,
  ): Promise<Address> {
    this.#listening = Promise.withResolvers<Address>();
    const data: ProxyWorkerData = { options, counters, tapPort };
    this.#life = new WorkerLife<MainToProxy, ProxyToMain>({
      name: 'proxy',
      url: this.#url,
      data,
      transfer: [tapPort],
      onMessage: (message) => this.#receive(message),
      onDeath: (reason) => this.#die(reason),
    });
    this.#address = await this.#listening.promise;
    return this.#address;
  }

  /** As start(), on the address of the one before; failing to listen counts as one more death. */
  async restart(
    options: ProxyOptions,
    counters: SharedArrayBuffer,
    tapPort: MessagePort,
  ): Promise<void> {
    const port = this.#address?.port ?? options.port;
    try {
      await this.start({ ...options, port }, counters, tapPort);
    } catch (error) {
      if (!(error instanceof ListenError)) return;
      await this.end();
      this.#onDeath(error.message);
    }
  }

  post(message: MainToProxy, transfer: readonly Transferable[] = []): void {
    this.#life?.post(message, transfer);
  }

  /** Resolves with the number of exchanges that were cut off. */
  async drain(deadlineMs: number): Promise<number> {
    this.#life?.expectEnd();
    this.post({ type: 'drain', deadlineMs });
    return await this.#drainedWithin(deadlineMs + DRAIN_GRACE_MS);
  }

  destroy(): void {
    this.post({ type: 'destroy' });
    setTimeout(() => this.#drained.resolve(0), DESTROY_GRACE_MS).unref();
  }

  async end(): Promise<void> {
    await this.#life?.end();
  }

  #receive(message: ProxyToMain): void {
    if (message.type === 'listening') this.#listening.resolve(message);
    else if (message.type === 'drained') this.#drained.resolve(message.remaining);
    else this.#listening.reject(new ListenError(message.code, message.message));
  }

  #die(reason: string): void {
    // A start that was under way fails; at the first start that ends the program.
    this.#listening.reject(new Error(reason));
    if (this.#address !== null) this.#onDeath(reason);
  }

  async #drainedWithin(ms: number): Promise<number> {
    const timer = setTimeout(() => this.#drained.resolve(0), ms);
    const ended = this.#life?.ended.then(() => 0) ?? 0;
    const remaining = await Promise.race([this.#drained.promise, ended]);
    clearTimeout(timer);
    return remaining;
  }
}
