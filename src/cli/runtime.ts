/**
 * The composition root of the server: the proxy worker, the recorder worker, the channel between
 * them, the event bus and the live state. A worker that dies by itself is started again; the proxy
 * never waits for the recorder. Shows nothing and reads no configuration.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { CodexLogin } from '../core/codex-login.ts';
import { EventBus } from '../core/event-bus.ts';
import { interruptedEnd } from '../core/interrupted.ts';
import { emptyLiveState, type LiveState, reduceLiveState } from '../core/live-state.ts';
import type { ProxyOptions, RecorderOptions } from '../core/options.ts';
import { TAP_COUNTER_COUNT, type TapCounters } from '../core/tap.ts';
import type { Log } from './log.ts';
import { ProxyHost } from './server/proxy-host.ts';
import { RecorderHost } from './server/recorder-host.ts';
import { RestartBudget } from './server/restart-budget.ts';

export interface RuntimeOptions {
  readonly proxy: ProxyOptions;
  readonly recorder: RecorderOptions;
  readonly workers: { readonly proxy: URL; readonly recorder: URL };
  readonly log: Log;
  /** The proxy cannot be kept alive. */
  readonly onFatal: (message: string) => void;
}

/** How long a recorder whose proxy has died may take to write what it has. */
const RETIRE_MS = 2000;
/** What the recorder gets after the drain, and after a forced end. */
const FLUSH_MS = 5000;
const FORCED_FLUSH_MS = 1000;
/** A huge database may take long to open: traffic does not wait for it. */
const READY_MS = 10_000;

interface Link {
  readonly counters: SharedArrayBuffer;
  readonly proxyPort: MessagePort;
  readonly recorderPort: MessagePort;
}

function makeCounters(): SharedArrayBuffer {
  return new SharedArrayBuffer(TAP_COUNTER_COUNT * BigInt64Array.BYTES_PER_ELEMENT);
}

/** Batches wait inside the channel until its receiving end has started, so no start order matters. */
function makeLink(counters: SharedArrayBuffer): Link {
  const { port1, port2 } = new MessageChannel();
  return { counters, proxyPort: port1, recorderPort: port2 };
}

export class Runtime {
  readonly bus: EventBus;
  readonly #options: RuntimeOptions;
  readonly #proxy: ProxyHost;
  readonly #recorder: RecorderHost;
  readonly #proxyBudget = new RestartBudget(() => performance.now());
  readonly #recorderBudget = new RestartBudget(() => performance.now());
  #counters = makeCounters();
  #live = emptyLiveState();
  readonly #endings: (() => void | Promise<void>)[] = [];
  #degraded: readonly string[] = [];
  readonly #logins = new Map<string, CodexLogin | null>();
  #isStopping = false;
  #isForced = false;

  constructor(options: RuntimeOptions) {
    const { log, workers } = options;
    this.#options = options;
    this.bus = new EventBus((error) => log.write('error', `a display failed: ${String(error)}`));
    this.bus.subscribe((event) => {
      this.#live = reduceLiveState(this.#live, event);
      if (event.type === 'recorder.status') this.#setDegraded(event.status.degraded);
    });
    this.#proxy = new ProxyHost(workers.proxy, (reason) => void this.#onProxyDeath(reason));
    this.#recorder = new RecorderHost(workers.recorder, {
      onEvents: (events) => {
        for (const event of events) this.bus.publish(event);
      },
      onNotices: (notices) => {
        for (const notice of notices) log.write('warn', notice);
      },
      onDeath: (reason) => void this.#onRecorderDeath(reason),
    });
  }

  /** Listens; throws a ListenError when it cannot. */
  async start(): Promise<{ host: string; port: number }> {
    const link = makeLink(this.#counters);
    this.#startRecorder(link);
    try {
      const address = await this.#proxy.start(this.#options.proxy, link.counters, link.proxyPort);
      await Promise.race([this.#recorder.ready, sleep(READY_MS, null, { ref: false })]);
      return address;
    } catch (error) {
      this.#isStopping = true;
      await Promise.all([this.#proxy.end(), this.#recorder.close(FORCED_FLUSH_MS)]);
      throw error;
    }
  }

  /** Codex's login for a provider, now and for every proxy that follows. */
  setCodexLogin(provider: string, login: CodexLogin | null): void {
    this.#logins.set(provider, login);
    this.#proxy.post({ type: 'codex-login', provider, login });
  }

  /** Shared with the workers; after a restart of the proxy these are others. */
  counters(): TapCounters {
    return new BigInt64Array(this.#counters);
  }

  /** Called when the server stops, after everything has been written. */
  onStop(end: () => void | Promise<void>): void {
    this.#endings.push(end);
  }

  live(): LiveState {
    return this.#live;
  }

  /** Drains for at most `drainMs`, writes everything, ends the workers; how many exchanges it cut off. */
  async stop(drainMs: number): Promise<number> {
    this.#isStopping = true;
    const remaining = await this.#proxy.drain(drainMs);
    await this.#recorder.close(this.#isForced ? FORCED_FLUSH_MS : FLUSH_MS);
    await this.#proxy.end();
    await Promise.all(this.#endings.map((end) => end()));
    return remaining;
  }

  /** Ends a running stop() at once: open exchanges are cut off. */
  force(): void {
    this.#isForced = true;
    this.#proxy.destroy();
  }

  #startRecorder({ counters, recorderPort }: Link): void {
    const { recorder, proxy } = this.#options;
    this.#recorder.start(
      { options: recorder, instanceId: proxy.instanceId, counters, tapPort: recorderPort },
      [recorderPort],
    );
  }

  /** New reasons are said once; /readyz tells them for as long as they last. */
  #setDegraded(degraded: readonly string[]): void {
    const { log } = this.#options;
    for (const reason of degraded) {
      if (!this.#degraded.includes(reason)) log.write('warn', reason);
    }
    if (this.#degraded.length > 0 && degraded.length === 0) {
      log.write('info', 'recording works again');
    }
    this.#degraded = degraded;
    this.#proxy.post({ type: 'health', degraded });
  }

  async #onRecorderDeath(reason: string): Promise<void> {
    if (this.#isStopping) return;
    const { log } = this.#options;
    log.write('error', `the recorder ended unexpectedly, traffic goes on: ${reason}`);
    this.#interruptRunning();
    const link = makeLink(this.#counters);
    this.#proxy.post({ type: 'tap', port: link.proxyPort }, [link.proxyPort]);
    const pause = this.#recorderBudget.nextPause();
    if (pause === null) {
      link.recorderPort.close();
      this.#setDegraded(['recording has stopped: its thread keeps ending; restart LunaRoute']);
      return;
    }
    this.#setDegraded(['the recorder is being restarted']);
    await sleep(pause);
    if (this.#isStopping) return;
    this.#startRecorder(link);
    await this.#recorder.ready;
    this.#setDegraded([]);
  }

  async #onProxyDeath(reason: string): Promise<void> {
    if (this.#isStopping) return;
    const { log, onFatal } = this.#options;
    log.write('error', `the proxy ended unexpectedly: ${reason}`);
    const pause = this.#proxyBudget.nextPause();
    if (pause === null) {
      onFatal('the proxy keeps ending; giving up');
      return;
    }
    this.#counters = makeCounters();
    const link = makeLink(this.#counters);
    await sleep(pause);
    if (this.#isStopping) return;
    const started = this.#proxy.restart(this.#options.proxy, link.counters, link.proxyPort);
    await this.#recorder.close(RETIRE_MS);
    this.#interruptRunning();
    this.#startRecorder(link);
    await started;
    this.#proxy.post({ type: 'health', degraded: this.#degraded });
    for (const [provider, login] of this.#logins) this.setCodexLogin(provider, login);
  }

  /** Every exchange has exactly one end, also when nobody is left who could have seen it. */
  #interruptRunning(): void {
    const at = Date.now();
    for (const { request } of [...this.#live.running.values()]) {
      this.bus.publish({ type: 'exchange.ended', end: interruptedEnd(request, at) });
    }
  }
}
