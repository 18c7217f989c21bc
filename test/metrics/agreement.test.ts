// The same generated sessions through the database, the live state, the metrics and the web API: every face must
// show the same tokens and the same money, and the money must be what a person would calculate.
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Dialect } from '../../src/core/conversation.ts';
import { addCostSums, type CostSum, NO_COST } from '../../src/core/cost.ts';
import type { FlowEvent, UnnumberedEvent } from '../../src/core/events.ts';
import type { Auxiliary, Outcome } from '../../src/core/exchange.ts';
import { emptyLiveState, reduceLiveState } from '../../src/core/live-state.ts';
import type {
  Activity,
  ExchangeLine,
  History,
  SessionSummary,
  Stats,
  StatsRow,
} from '../../src/core/ports.ts';
import { addUsage, NO_USAGE, type Usage } from '../../src/core/usage.ts';
import { codecFor } from '../../src/dialects/registry.ts';
import { Metrics } from '../../src/metrics/prometheus.ts';
import { makePricer } from '../../src/prices/pricer.ts';
import { PriceTable } from '../../src/prices/table.ts';
import { openHistory } from '../../src/store/history/sqlite-history.ts';
import { costOf } from '../../src/store/recorder/money.ts';
import { makeApi } from '../../src/web/server/api.ts';
import type { Records } from '../../src/web/server/records.ts';
import { endItem, makeSink, requestItem, START, tempFolder } from '../helpers/store-items.ts';
import { type Json, liveSource } from '../helpers/ui-api.ts';

/** USD per million tokens, from the makers' price pages by hand: the independent table. */
interface Rates {
  readonly input: number;
  readonly read: number;
  readonly write5m: number;
  readonly write1h: number;
  readonly output: number;
}
const RATES: Record<string, (input: number) => Rates> = {
  'claude-opus-5-5': () => ({ input: 4, read: 0.2, write5m: 5, write1h: 8, output: 20 }),
  'claude-sonnet-4-5': (input) =>
    input > 200_000
      ? { input: 6, read: 0.6, write5m: 7.5, write1h: 12, output: 22.5 }
      : { input: 3, read: 0.3, write5m: 3.75, write1h: 6, output: 15 },
  // OpenAI's cache writes have no price of their own: they are input.
  'gpt-5.5': (input) =>
    input >= 272_000
      ? { input: 10, read: 1, write5m: 10, write1h: 10, output: 45 }
      : { input: 5, read: 0.5, write5m: 5, write1h: 5, output: 30 },
};

function expectedNanoUsd(model: string, usage: Usage): number | null {
  const rates = RATES[model]?.(usage.input);
  if (rates === undefined) return null;
  const plain = usage.input - usage.cacheRead - usage.cacheWrite5m - usage.cacheWrite1h;
  const microUsd =
    plain * rates.input +
    usage.cacheRead * rates.read +
    usage.cacheWrite5m * rates.write5m +
    usage.cacheWrite1h * rates.write1h +
    usage.output * rates.output;
  return Math.round(microUsd * 1000);
}

const tokens = fc.oneof(fc.nat(50), fc.nat(400_000));
const anthropicUsage = fc.record({
  input_tokens: tokens,
  output_tokens: tokens,
  cache_read_input_tokens: tokens,
  cache_creation_input_tokens: tokens,
  cache_creation: fc.record({
    ephemeral_1h_input_tokens: tokens,
    ephemeral_5m_input_tokens: tokens,
  }),
  output_tokens_details: fc.record({ thinking_tokens: tokens }),
});
const responsesUsage = fc.record({
  input_tokens: tokens,
  output_tokens: tokens,
  input_tokens_details: fc.record({ cached_tokens: tokens, cache_write_tokens: tokens }),
  output_tokens_details: fc.record({ reasoning_tokens: tokens }),
});
const shape = fc.oneof(
  fc.record({
    dialect: fc.constant<Dialect>('anthropic-messages'),
    model: fc.constantFrom('claude-opus-5-5', 'claude-sonnet-4-5', 'no-such-model'),
    usage: fc.option(anthropicUsage, { freq: 6 }),
  }),
  fc.record({
    dialect: fc.constant<Dialect>('openai-responses'),
    model: fc.constantFrom('gpt-5.5', 'gpt-99.1-moon'),
    usage: fc.option(responsesUsage, { freq: 6 }),
  }),
);
const generated = fc.array(
  fc.record({
    session: fc.constantFrom('s1', 's2', 's3'),
    outcome: fc.constantFrom<Outcome>('completed', 'completed', 'failed', 'aborted', 'incomplete'),
    status: fc.constantFrom(200, 200, 529),
    auxiliary: fc.constantFrom<Auxiliary>(null, null, null, 'title', 'warm-up', 'count-tokens'),
    shape,
  }),
  { minLength: 1, maxLength: 25 },
);
type Generated = typeof generated extends fc.Arbitrary<infer T> ? T : never;

const price = makePricer(new PriceTable([], null));

function exchangesOf(sessions: Generated) {
  return sessions.map(
    ({ session, outcome, status, auxiliary, shape: { dialect, model, usage } }, index) => {
      const item = requestItem({
        id: `e${index}`,
        sessionId: session,
        upstream: 'http://127.0.0.1:25001',
        startedAt: START + index,
        dialect,
        model,
        auxiliary,
      });
      const view = codecFor(dialect).parseResponse({ model, usage });
      const facts = { outcome, status, modelUsed: model, usage: view.usage, details: view.details };
      const cost = costOf(item.request, facts, price);
      return { item, end: endItem(item.request, { ...facts, cost }) };
    },
  );
}
type Exchanges = ReturnType<typeof exchangesOf>;

/** Requests, tokens and money of a Stats, for comparison. */
function sums({ requests, outcomes, usage, unknownUsage, cost }: Stats) {
  return { requests, outcomes, usage, unknownUsage, cost };
}

function liveOf(exchanges: Exchanges) {
  const events: UnnumberedEvent[] = exchanges.flatMap(({ item, end }): UnnumberedEvent[] => [
    { type: 'exchange.started', exchange: item.request },
    { type: 'exchange.ended', end: end.end },
  ]);
  const numbered = events.map((event, index): FlowEvent => ({ ...event, seq: index + 1 }));
  return { numbered, state: numbered.reduce(reduceLiveState, emptyLiveState()) };
}

async function scraped(events: readonly FlowEvent[]): Promise<(name: string) => number> {
  const none = { queueBytes: 0, droppedBytes: 0, droppedExchanges: 0, upstreamConnections: 0 };
  const more = { upstreamRetries: 0, webSockets: 0, webSocketFrames: 0, batchSeconds: 0 };
  const read = () => ({ ...none, ...more, batches: [], storeBytes: null });
  const metrics = new Metrics({ version: 'test', read });
  events.forEach(metrics.take);
  const text = await metrics.render();
  return (name) =>
    [...text.matchAll(new RegExp(`^lunaroute_${name}(?:\\{.*\\})? ([0-9.e+-]+)$`, 'gm'))].reduce(
      (total, [, value]) => total + Number(value),
      0,
    );
}

/** What the web page adds up is what everybody else says. */
async function expectFromApi(history: History, total: Stats): Promise<void> {
  const api = makeApi(recordsOf(history), 'token');
  const get = async (path: string): Promise<Json> => await (await api.request(path)).json();
  const all = async (path: string) => (await get(path)).items;
  expect(sums(await get('/stats'))).toEqual(sums(total));
  expect(sums(await get('/stats?since=0'))).toEqual(sums(total));
  for (const path of ['/models', '/clients', '/costs?by=day', '/costs?by=project&since=0']) {
    const rows: StatsRow[] = await all(path);
    expect(addUp(rows.map(({ stats }) => stats))).toEqual(addUp([total]));
  }
  const sessions: SessionSummary[] = await all('/sessions');
  expect(addUp(sessions)).toEqual(addUp([total]));
  const spans: Activity[] = await all(`/usage?from=${START - 86_400_000}`);
  expect(addUp(spans)).toEqual(addUp([total]));
  const lines: ExchangeLine[] = await all('/exchanges');
  const inputs = lines.reduce((sum, { usage }) => sum + (usage?.input ?? 0), 0);
  expect(inputs).toBe(total.usage?.input ?? 0);
}

function recordsOf(history: History): Records {
  return {
    history: () => history,
    source: () => liveSource().source,
    price: () => null,
    config: () => ({ file: null, dataDir: '', values: [] }),
    deleteSession: async () => {},
    setPinned: () => {},
  };
}

/** Requests, tokens and money of rows that add up. */
function addUp(rows: readonly Pick<SessionSummary, 'requests' | 'usage' | 'cost'>[]) {
  return rows.reduce<{ requests: number; usage: Usage; cost: CostSum }>(
    (sum, { requests, usage, cost }) => ({
      requests: sum.requests + requests,
      usage: addUsage(sum.usage, usage ?? NO_USAGE),
      cost: addCostSums(sum.cost, cost),
    }),
    { requests: 0, usage: NO_USAGE, cost: NO_COST },
  );
}

describe('generated sessions', () => {
  // The API's days end with the present one.
  beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'], now: START + 86_400_000 }));
  afterAll(() => void vi.useRealTimers());

  it('have the same tokens and money in the database, the live state and the metrics', async () => {
    await fc.assert(
      fc.asyncProperty(generated, async (sessions) => {
        const exchanges = exchangesOf(sessions);
        const path = join(tempFolder(), 'sessions.db');
        const sink = makeSink(path);
        sink.write(exchanges.flatMap(({ item, end }) => [item, end]));
        const history = openHistory(path);
        const { numbered, state } = liveOf(exchanges);
        const total = history.stats({});
        expect(sums(state.total)).toEqual(sums(total));
        expect(sums(history.stats({ since: 0 }))).toEqual(sums(total));
        for (const { sessionId, usage, cost } of history.sessions({ limit: 10 })) {
          const one = history.stats({ sessionId });
          expect(sums(state.sessions.get(sessionId)?.stats ?? one)).toEqual(sums(one));
          expect({ usage, cost }).toEqual({ usage: one.usage, cost: one.cost });
        }
        for (const by of ['session', 'model', 'day', 'client', 'project'] as const) {
          const rows = history.statsBy(by, { limit: 50 });
          expect(rows.reduce((sum, { stats }) => sum + stats.cost.nanoUsd, 0)).toBe(
            total.cost.nanoUsd,
          );
          expect(rows.reduce((sum, { stats }) => sum + (stats.usage?.input ?? 0), 0)).toBe(
            total.usage?.input ?? 0,
          );
          expect(rows).toEqual(
            expect.arrayContaining(history.statsBy(by, { since: 0, limit: 50 })),
          );
        }
        await expectFromApi(history, total);
        const metric = await scraped(numbered);
        expect(metric('tokens_input_total')).toBe(total.usage?.input ?? 0);
        expect(metric('tokens_output_total')).toBe(total.usage?.output ?? 0);
        expect(metric('tokens_reasoning_total')).toBe(total.usage?.reasoning ?? 0);
        expect(metric('tokens_cache_read_total')).toBe(total.usage?.cacheRead ?? 0);
        expect(metric('tokens_total')).toBe((total.usage?.input ?? 0) + (total.usage?.output ?? 0));
        expect(metric('requests_total')).toBe(total.requests);
        expect(metric('cost_usd_total')).toBeCloseTo(total.cost.nanoUsd / 1e9, 9);
        history.close();
        sink.close();
      }),
      { numRuns: 40 },
    );
  });

  it('cost what an independent calculation says, and their parts never exceed their total', () => {
    fc.assert(
      fc.property(generated, (sessions) => {
        const exchanges = exchangesOf(sessions).map(({ end }) => end.end);
        for (const { usage, cost, modelUsed } of exchanges) {
          if (usage === null) {
            expect(cost).toBeNull();
            continue;
          }
          const { input, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning } = usage;
          expect(cacheRead + cacheWrite5m + cacheWrite1h).toBeLessThanOrEqual(input);
          expect(reasoning).toBeLessThanOrEqual(output);
          const expected = expectedNanoUsd(modelUsed ?? '', usage);
          if (expected === null) expect(cost).toBeNull();
          else expect(Math.abs((cost?.nanoUsd ?? 0) - expected)).toBeLessThanOrEqual(1);
        }
        const all = exchanges.flatMap(({ usage }) => usage ?? []).reduce(addUsage, NO_USAGE);
        expect(liveOf(exchangesOf(sessions)).state.total.usage ?? NO_USAGE).toEqual(all);
      }),
    );
  });
});
