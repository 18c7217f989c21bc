/**
 * Prometheus metrics of this run: a subscriber of the event stream, and numbers read at each scrape.
 * Knows no HTTP: whoever serves `/metrics` calls render(). Counts what LiveState counts, so that
 * both agree to the token. Must never publish an event, nor put a session into a label.
 */
import { Registry } from 'prom-client';
import { usdOf } from '../core/cost.ts';
import type { FlowEvent } from '../core/events.ts';
import { type ExchangeEnd, type ExchangeRequest, OTHER_SESSION } from '../core/exchange.ts';
import { NO_REDACTIONS, type Redactions } from '../core/redactions.ts';
import { isCounted } from '../core/stats.ts';
import { BATCH_BOUNDS_MS } from '../core/tap.ts';
import { type Catalogue, makeCatalogue } from './catalogue.ts';
import { LabelCap } from './label-cap.ts';
import type { Readings } from './readings.ts';
import { ToolMeter } from './tool-meter.ts';

export interface MetricsDeps {
  readonly version: string;
  /** Called at each scrape. */
  readonly read: () => Readings;
}

const MAX_MODELS = 100;
const MAX_RUNNING = 10_000;

export class Metrics {
  readonly #registry = new Registry();
  readonly #all: Catalogue;
  readonly #read: () => Readings;
  readonly #models = new LabelCap(MAX_MODELS);
  readonly #running = new Map<string, ExchangeRequest>();
  readonly #tools: ToolMeter;
  #last: Readings | null = null;

  constructor({ version, read }: MetricsDeps) {
    this.#all = makeCatalogue(this.#registry);
    this.#read = read;
    this.#tools = new ToolMeter(this.#all);
    this.#all.buildInfo.set({ version }, 1);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The text of a scrape. */
  async render(): Promise<string> {
    this.#takeReadings(this.#read());
    return await this.#registry.metrics();
  }

  readonly take = (event: FlowEvent): void => {
    if (event.type === 'exchange.started') this.#onStarted(event.exchange);
    else if (event.type === 'exchange.ended') this.#onEnded(event.end);
  };

  #onStarted(request: ExchangeRequest): void {
    const [oldest] = this.#running.keys();
    if (this.#running.size >= MAX_RUNNING && oldest !== undefined) this.#forget(oldest);
    this.#running.set(request.id, request);
    this.#all.inFlight.inc({ provider: request.provider });
    this.#countMasked(request.requestHeaders);
    this.#countRedactions(request.redactions);
    if (request.sessionId !== OTHER_SESSION) this.#tools.results(request);
  }

  #onEnded(end: ExchangeEnd): void {
    const request = this.#forget(end.id);
    this.#countMasked(end.responseHeaders);
    this.#countRedactions(end.redactions);
    this.#setLimits(end);
    if (end.sessionId === OTHER_SESSION) return;
    this.#countTokens(request, end);
    this.#tools.calls(end);
    if (!isCounted(request?.auxiliary ?? null)) return;
    this.#countRequest(request, end);
    this.#observeTimes(request, end);
  }

  #forget(id: string): ExchangeRequest | null {
    const request = this.#running.get(id) ?? null;
    if (request !== null) this.#all.inFlight.dec({ provider: request.provider });
    this.#running.delete(id);
    return request;
  }

  #who(request: ExchangeRequest | null, end: ExchangeEnd) {
    return {
      provider: request?.provider ?? 'unknown',
      dialect: request?.dialect ?? 'none',
      model: this.#models.of(end.modelUsed ?? request?.model ?? null),
      client: request?.client ?? 'other',
    };
  }

  #countRequest(request: ExchangeRequest | null, end: ExchangeEnd): void {
    const who = this.#who(request, end);
    const { outcome } = end;
    this.#all.requests.inc({ ...who, outcome });
    if (outcome === 'completed') this.#all.success.inc(who);
    else this.#all.failure.inc({ ...who, outcome });
    if (request?.stream !== true) return;
    const { provider, model } = who;
    this.#all.streams.inc({ provider, model });
    const isCut = outcome === 'aborted' || outcome === 'incomplete' || outcome === 'interrupted';
    if (isCut) this.#all.streamsAborted.inc({ provider, model, outcome });
  }

  #countTokens(request: ExchangeRequest | null, end: ExchangeEnd): void {
    const who = this.#who(request, end);
    const { usage, cost } = end;
    if (usage === null) return;
    this.#all.input.inc(who, usage.input);
    this.#all.output.inc(who, usage.output);
    this.#all.reasoning.inc(who, usage.reasoning);
    this.#all.cacheRead.inc(who, usage.cacheRead);
    this.#all.cacheWrite.inc(who, usage.cacheWrite5m + usage.cacheWrite1h);
    this.#all.tokens.inc(who, usage.input + usage.output);
    if (cost === null) return;
    this.#all.cost.inc({ ...who, certainty: cost.certainty }, usdOf(cost.nanoUsd));
  }

  #observeTimes(request: ExchangeRequest | null, { timing, ...end }: ExchangeEnd): void {
    const { provider, model } = this.#who(request, { timing, ...end });
    const labels = { provider, model };
    const { sent, firstToken, ended, overhead, tokenGaps } = timing;
    if (ended !== null) this.#all.duration.observe(labels, ended / 1000);
    if (overhead !== null) this.#all.overhead.observe(labels, overhead / 1000);
    if (ended !== null && overhead !== null) {
      this.#all.provider.observe(labels, Math.max(0, ended - overhead) / 1000);
    }
    if (sent !== null && firstToken !== null) {
      this.#all.firstToken.observe(labels, Math.max(0, firstToken - sent) / 1000);
    }
    if (request?.stream === true && firstToken !== null && ended !== null) {
      this.#all.streamDuration.observe(labels, Math.max(0, ended - firstToken) / 1000);
    }
    for (const [count, sumMs] of tokenGaps?.buckets ?? []) {
      for (let i = 0; i < count; i += 1) {
        this.#all.chunkInterval.observe(labels, sumMs / count / 1000);
      }
    }
  }

  #setLimits({ rateLimits }: ExchangeEnd): void {
    for (const { name, usedShare } of rateLimits?.limits ?? []) {
      if (usedShare === null || rateLimits === null) continue;
      this.#all.limitUsed.set({ provider: rateLimits.provider, limit: name }, usedShare);
    }
  }

  /** Credentials in headers come masked, ending in their last characters after `…`. */
  #countMasked(headers: readonly string[]): void {
    const masked = headers.filter((text, index) => index % 2 === 1 && text.includes('…')).length;
    if (masked > 0) this.#all.redactions.inc({ kind: 'credential' }, masked);
  }

  /** Values inside bodies, by type; what they were is known to nobody. */
  #countRedactions(redactions: Redactions = NO_REDACTIONS): void {
    for (const [kind, count] of Object.entries(redactions))
      this.#all.redactions.inc({ kind }, count);
  }

  #takeReadings(now: Readings): void {
    const all = this.#all;
    const before = this.#last;
    this.#last = now;
    all.connections.set(now.upstreamConnections);
    all.queueBytes.set(now.queueBytes);
    all.webSockets.set(now.webSockets);
    if (now.storeBytes !== null) all.storeBytes.set(now.storeBytes);
    all.retries.inc(growth(now.upstreamRetries, before?.upstreamRetries));
    all.dropped.inc(growth(now.droppedExchanges, before?.droppedExchanges));
    all.frames.inc(growth(now.webSocketFrames, before?.webSocketFrames));
    this.#observeBatches(now, before);
  }

  /** The workers count in buckets; each observation stands for one batch of that bucket. */
  #observeBatches(now: Readings, before: Readings | null): void {
    const grown = now.batches.map((count, index) => growth(count, before?.batches[index]));
    const total = grown.reduce((sum, count) => sum + count, 0);
    if (total === 0) return;
    const seconds = growth(now.batchSeconds, before?.batchSeconds);
    grown.forEach((count, index) => {
      const below = (BATCH_BOUNDS_MS[index - 1] ?? 0) / 1000;
      const upTo = (BATCH_BOUNDS_MS[index] ?? Number.POSITIVE_INFINITY) / 1000;
      // The mean of all, brought into the bucket: the sum stays true where one bucket holds all.
      const value = Math.min(upTo, Math.max(below * 1.0001, seconds / total));
      for (let i = 0; i < count; i += 1) this.#all.batch.observe(value);
    });
  }
}

/** A worker that was started anew counts from 0 again. */
function growth(now: number, before: number | undefined): number {
  return before === undefined || now < before ? now : now - before;
}
