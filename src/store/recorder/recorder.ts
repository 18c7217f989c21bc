/**
 * The recorder without its thread: tap batches in, numbered events and written items out. Takes
 * records strictly in order, so that an answer is always known before the request that continues it.
 * A defect in one exchange costs that exchange's content, never another exchange or the proxy.
 */
import type { Pricer } from '../../core/cost.ts';
import type { FlowEvent, RecorderStatus, UnnumberedEvent } from '../../core/events.ts';
import {
  BATCH_BOUNDS_MS,
  TAP_COUNTERS,
  type TapBatch,
  type TapCounters,
  type TapRecord,
} from '../../core/tap.ts';
import type { ExchangeRedaction } from '../redaction/exchange-redaction.ts';
import { Cutter } from '../segments/cutter.ts';
import { Batcher } from './batcher.ts';
import { CaptureWatch } from './capture-watch.ts';
import type { Clock } from './clock.ts';
import { type BuilderContext, ExchangeBuilder, type Follower } from './exchange-builder.ts';
import { ProgressBoard } from './progress.ts';
import { SessionResolver } from './session-resolver.ts';
import type { SinkSlot } from './sink-queue.ts';
import { StatusReporter } from './status.ts';
import { WebSocketFollower } from './websocket/follower.ts';

/** More than a machine has sockets for; beyond it new exchanges are counted as dropped. */
const MAX_RUNNING = 10_000;

export interface RecorderDeps {
  readonly maxBodyBytes: number;
  readonly clock: Clock;
  readonly counters: TapCounters;
  readonly price: Pricer;
  /** JSONL before SQLite; empty when recording is off: then nothing touches the disk. */
  readonly slots: readonly SinkSlot[];
  readonly redaction: ExchangeRedaction | null;
  readonly emit: (events: readonly FlowEvent[]) => void;
  /** A sentence that a person should read once. */
  readonly onNotice: (notice: string) => void;
  /** Finds the session of an answer that an earlier run recorded. */
  readonly findSessionByResponseId?: (responseId: string) => string | null;
}

export class Recorder {
  readonly #deps: RecorderDeps;
  readonly #running = new Map<string, Follower>();
  readonly #context: BuilderContext;
  readonly #batcher: Batcher;
  readonly #status: StatusReporter;
  readonly #capture: CaptureWatch;
  readonly #batches: TapBatch[] = [];
  #events: FlowEvent[] = [];
  #seq = 0;
  #faults = 0;
  #isPumping = false;
  #pump: Promise<void> = Promise.resolve();

  constructor(deps: RecorderDeps) {
    this.#deps = deps;
    this.#batcher = new Batcher({
      slots: deps.slots,
      clock: deps.clock,
      onDropped: (exchanges) => this.#count(TAP_COUNTERS.droppedExchanges, exchanges),
      onBatch: (ms) => this.#countBatch(ms),
      onWritten: () => this.#status.update(),
    });
    const publish = (event: UnnumberedEvent): void => this.#publish(event);
    this.#status = new StatusReporter(
      deps.clock,
      () => this.#readStatus(),
      (status) => publish({ type: 'recorder.status', status }),
    );
    this.#capture = new CaptureWatch(deps.clock, () => this.#status.update());
    this.#context = {
      maxBodyBytes: deps.maxBodyBytes,
      cutter: new Cutter(),
      sessions: new SessionResolver(deps.findSessionByResponseId),
      progress: new ProgressBoard(deps.clock, publish),
      price: deps.price,
      redaction: deps.redaction,
      publish,
      store: (item) => {
        this.#batcher.add(item);
        this.#capture.take(item);
      },
      onFault: (error) => this.#fault(error),
    };
  }

  /** Opens the sinks. One that cannot be opened is soon reported as degraded, and tried again. */
  open(): void {
    this.#batcher.open();
    this.#deps.clock.after(0, () => this.#status.update());
  }

  /** Takes a batch of the proxy. Never throws. */
  take(batch: TapBatch): void {
    this.#batches.push(batch);
    if (!this.#isPumping) this.#pump = this.#run();
  }

  /** Resolves when all batches taken so far have been worked through. */
  settled(): Promise<void> {
    return this.#pump;
  }

  /** Ends what still runs as interrupted, and writes everything within the deadline. */
  async close(deadlineMs: number): Promise<void> {
    await this.settled();
    for (const [id, follower] of this.#running) {
      this.#running.delete(id);
      await follower.interrupt().catch(this.#context.onFault);
    }
    await this.#batcher.close(deadlineMs);
    this.#status.update();
  }

  async #run(): Promise<void> {
    this.#isPumping = true;
    for (let batch = this.#batches.shift(); batch !== undefined; batch = this.#batches.shift()) {
      for (const record of batch.records) {
        const wait = this.#handle(record, batch.slab);
        if (wait !== null) await wait.catch(this.#context.onFault);
      }
      this.#count(TAP_COUNTERS.queuedBytes, -batch.slab.byteLength);
      // All that is kept has been copied: the memory goes back now, not at some later collection.
      batch.slab.transfer(0);
      this.#post();
    }
    this.#isPumping = false;
  }

  #handle(record: TapRecord, slab: ArrayBuffer): Promise<void> | null {
    try {
      if (record.kind === 'open') this.#begin(record);
      const wait = this.#running.get(record.id)?.take(record, slab) ?? null;
      if (record.kind === 'end') this.#running.delete(record.id);
      return wait;
    } catch (error) {
      this.#context.onFault(error);
      return null;
    }
  }

  #begin(record: Extract<TapRecord, { kind: 'open' }>): void {
    if (this.#running.size >= MAX_RUNNING) this.#count(TAP_COUNTERS.droppedExchanges, 1);
    else this.#running.set(record.id, this.#followerOf(record));
  }

  #followerOf(record: Extract<TapRecord, { kind: 'open' }>): Follower {
    return record.transport === 'websocket'
      ? new WebSocketFollower(record, this.#context)
      : new ExchangeBuilder(record, this.#context);
  }

  #readStatus(): RecorderStatus {
    const state = this.#batcher.state;
    return {
      queueBytes: state.queueBytes + this.#counter(TAP_COUNTERS.queuedBytes),
      droppedBytes: state.droppedBytes + this.#counter(TAP_COUNTERS.droppedBytes),
      writeErrors: state.writeErrors + this.#faults,
      degraded: [...state.degraded, ...this.#capture.reasons()],
    };
  }

  #publish(event: UnnumberedEvent): void {
    this.#seq += 1;
    this.#events.push({ ...event, seq: this.#seq });
    if (!this.#isPumping) this.#post();
  }

  /** While a batch is worked through its events are gathered: one message instead of many. */
  #post(): void {
    if (this.#events.length === 0) return;
    const events = this.#events;
    this.#events = [];
    try {
      this.#deps.emit(events);
    } catch (error) {
      this.#fault(error);
    }
  }

  /** Counted each time, told once: where it happened, never what foreign text it happened on. */
  #fault(error: unknown): void {
    this.#faults += 1;
    if (this.#faults === 1) this.#deps.onNotice(faultNotice(error));
  }

  #countBatch(ms: number): void {
    const index = BATCH_BOUNDS_MS.findIndex((bound) => ms <= bound);
    this.#count(TAP_COUNTERS.batches + (index < 0 ? BATCH_BOUNDS_MS.length : index), 1);
    this.#count(TAP_COUNTERS.batchMicros, Math.round(ms * 1000));
  }

  #counter(index: number): number {
    return Number(Atomics.load(this.#deps.counters, index));
  }

  #count(index: number, amount: number): void {
    Atomics.add(this.#deps.counters, index, BigInt(amount));
  }
}

function faultNotice(error: unknown): string {
  const [name, place] =
    error instanceof Error ? [error.name, error.stack?.split('\n    ')[1] ?? ''] : ['Error', ''];
  return (
    `An exchange could not be recorded wholly: ${name} ${place}. ` +
    'This is a defect of LunaRoute; please report it. Its raw bytes are kept.'
  );
}
