/**
 * Every metric of LunaRoute: name, meaning, labels, buckets, in one place; the dashboard's test reads
 * the same registry. Labels are bounded: provider and client by their kind, model by a cap, never a
 * session. Buckets in seconds, from a proxy's fraction of a millisecond to a thinking model's minutes.
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { GAP_BOUNDS_MS } from '../core/latency.ts';
import { BATCH_BOUNDS_MS } from '../core/tap.ts';

const LLM_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600];
const OVERHEAD_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1];
const TOOL_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 600];
const seconds = (ms: readonly number[]): number[] => ms.map((bound) => bound / 1000);

const WHO = ['provider', 'dialect', 'model', 'client'] as const;
const WHERE = ['provider', 'model'] as const;

export type Catalogue = ReturnType<typeof makeCatalogue>;

export function makeCatalogue(registry: Registry) {
  const make = new Maker(registry);
  return {
    ...requestMetrics(make),
    ...tokenMetrics(make),
    ...toolMetrics(make),
    ...systemMetrics(make),
  };
}

/** One prefix, one registry. */
class Maker {
  readonly #registers: Registry[];

  constructor(registry: Registry) {
    this.#registers = [registry];
  }

  counter<L extends string>(name: string, help: string, labels: readonly L[]) {
    return new Counter({ ...this.#common(name, help), labelNames: [...labels] });
  }

  gauge<L extends string>(name: string, help: string, labels: readonly L[]) {
    return new Gauge({ ...this.#common(name, help), labelNames: [...labels] });
  }

  histogram<L extends string>(
    name: string,
    help: string,
    { buckets, labels }: { buckets: number[]; labels: readonly L[] },
  ) {
    return new Histogram({ ...this.#common(name, help), buckets, labelNames: [...labels] });
  }

  #common(name: string, help: string) {
    return { name: `lunaroute_${name}`, help, registers: this.#registers };
  }
}

function requestMetrics(make: Maker) {
  return {
    requests: make.counter('requests_total', 'Requests that have ended.', [...WHO, 'outcome']),
    success: make.counter('requests_success_total', 'Requests that completed.', WHO),
    failure: make.counter('requests_failure_total', 'Requests that did not complete.', [
      ...WHO,
      'outcome',
    ]),
    inFlight: make.gauge('request_in_flight', 'Requests that run now.', ['provider']),
    duration: make.histogram(
      'request_duration_seconds',
      'From the first byte of a request to the end of its answer.',
      { buckets: LLM_SECONDS, labels: WHERE },
    ),
    firstToken: make.histogram(
      'ttft_seconds',
      'From the first byte sent to the provider to the first content of its answer.',
      { buckets: LLM_SECONDS, labels: WHERE },
    ),
    chunkInterval: make.histogram(
      'stream_chunk_interval_seconds',
      'Between two pieces of a streamed answer.',
      { buckets: seconds(GAP_BOUNDS_MS), labels: WHERE },
    ),
    streamDuration: make.histogram(
      'stream_duration_seconds',
      'From the first content of a streamed answer to its end.',
      { buckets: LLM_SECONDS, labels: WHERE },
    ),
    streams: make.counter('streams_total', 'Streamed answers that have ended.', WHERE),
    streamsAborted: make.counter(
      'streams_aborted_total',
      'Streamed answers that the client left or the provider cut.',
      [...WHERE, 'outcome'],
    ),
  };
}

function tokenMetrics(make: Maker) {
  return {
    input: make.counter('tokens_input_total', 'Input tokens, cached ones included.', WHO),
    output: make.counter('tokens_output_total', 'Output tokens, reasoning included.', WHO),
    reasoning: make.counter('tokens_reasoning_total', 'Reasoning tokens, a part of output.', WHO),
    cacheRead: make.counter('tokens_cache_read_total', 'Cached tokens read, a part of input.', WHO),
    cacheWrite: make.counter(
      'tokens_cache_write_total',
      'Tokens cached anew, a part of input.',
      WHO,
    ),
    tokens: make.counter('tokens_total', 'Input and output tokens.', WHO),
    cost: make.counter('cost_usd_total', 'Cost in US dollars, as sure as the label says.', [
      ...WHO,
      'certainty',
    ]),
  };
}

function toolMetrics(make: Maker) {
  return {
    toolCalls: make.counter('tool_calls_total', 'Tool calls that models asked for.', ['tool']),
    toolFailures: make.counter('tool_failures_total', 'Tool results that report an error.', [
      'tool',
    ]),
    toolDuration: make.histogram(
      'tool_duration_seconds',
      'From the end of the answer that asked to the request that brings the result.',
      { buckets: TOOL_SECONDS, labels: ['tool'] },
    ),
    overhead: make.histogram('proxy_overhead_seconds', 'What LunaRoute added to a request.', {
      buckets: OVERHEAD_SECONDS,
      labels: WHERE,
    }),
    provider: make.histogram(
      'provider_latency_seconds',
      'Duration of a request less what LunaRoute added.',
      { buckets: LLM_SECONDS, labels: WHERE },
    ),
  };
}

function systemMetrics(make: Maker) {
  return {
    connections: make.gauge('upstream_connections', 'Open connections to providers.', []),
    retries: make.counter('upstream_retries_total', 'Attempts to reach a provider made again.', []),
    queueBytes: make.gauge('recorder_queue_bytes', 'Bytes on their way to the recorder.', []),
    dropped: make.counter('recorder_dropped_total', 'Exchanges not wholly recorded.', []),
    batch: make.histogram('recorder_batch_seconds', 'Writing one batch to all sinks.', {
      buckets: seconds(BATCH_BOUNDS_MS),
      labels: [],
    }),
    webSockets: make.gauge('ws_connections', 'Open WebSocket tunnels.', []),
    frames: make.counter('ws_frames_total', 'WebSocket frames, both directions.', []),
    redactions: make.counter('redactions_total', 'Values masked before they were recorded.', [
      'kind',
    ]),
    storeBytes: make.gauge('store_bytes', 'Bytes of the database on disk.', []),
    limitUsed: make.gauge('rate_limit_used_ratio', 'Share of a rate limit that is used.', [
      'provider',
      'limit',
    ]),
    buildInfo: make.gauge('build_info', 'Always 1; the version is in the label.', ['version']),
  };
}
