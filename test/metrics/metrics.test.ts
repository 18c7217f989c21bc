import { describe, expect, it } from 'vitest';
import { BATCH_BOUNDS_MS, TAP_COUNTER_COUNT, TAP_COUNTERS } from '../../src/core/tap.ts';
import { LabelCap } from '../../src/metrics/label-cap.ts';
import { Metrics } from '../../src/metrics/prometheus.ts';
import { type Readings, readCounters } from '../../src/metrics/readings.ts';
import { makeEnd, makeRequest } from '../helpers/flow-events.ts';

function makeMetrics() {
  const counters = new BigInt64Array(new SharedArrayBuffer(TAP_COUNTER_COUNT * 8));
  const read = (): Readings => ({ ...readCounters(counters), storeBytes: 42 });
  return { counters, metrics: new Metrics({ version: '1', read }) };
}

describe('Metrics', () => {
  it('keep a model that is made up again and again out of the labels after 100', async () => {
    const { metrics } = makeMetrics();
    for (let i = 0; i < 150; i += 1) {
      const id = `e${i}`;
      metrics.take({ seq: 1, type: 'exchange.started', exchange: makeRequest({ id }) });
      metrics.take({ seq: 2, type: 'exchange.ended', end: makeEnd({ id, modelUsed: `m${i}` }) });
    }
    const text = await metrics.render();
    const models = new Set(
      [...text.matchAll(/requests_total\{.*model="([^"]*)"/g)].map(([, name]) => name),
    );
    expect(models.size).toBe(101);
    expect(models.has('other')).toBe(true);
    expect(text).toMatch(/^lunaroute_requests_total\{.*model="other".*\} 50$/m);
  });

  it('read the shared counters at each scrape, and survive that they begin anew', async () => {
    const { counters, metrics } = makeMetrics();
    counters[TAP_COUNTERS.upstreamConnections] = 3n;
    counters[TAP_COUNTERS.upstreamRetries] = 5n;
    counters[TAP_COUNTERS.batches] = 2n;
    counters[TAP_COUNTERS.batches + BATCH_BOUNDS_MS.length] = 1n;
    counters[TAP_COUNTERS.batchMicros] = 6_000_000n;
    expect(await metrics.render()).toContain('lunaroute_upstream_connections 3\n');
    counters[TAP_COUNTERS.upstreamRetries] = 2n;
    counters[TAP_COUNTERS.upstreamConnections] = 0n;
    const text = await metrics.render();
    expect(text).toContain('lunaroute_upstream_retries_total 7\n');
    expect(text).toContain('lunaroute_upstream_connections 0\n');
    expect(text).toContain('lunaroute_recorder_batch_seconds_count 3\n');
    expect(text).toContain('lunaroute_recorder_batch_seconds_bucket{le="0.001"} 2\n');
    expect(text).toContain('lunaroute_store_bytes 42\n');
  });

  it('put no label value longer than a name into the text', () => {
    const cap = new LabelCap(1);
    expect(cap.of(null)).toBe('none');
    expect(cap.of('x'.repeat(500))).toHaveLength(120);
    expect(cap.of('y')).toBe('other');
  });
});
