// The page's sums and its waterfall, from made-up exchanges.
import { describe, expect, test } from 'vitest';
import { errorsOf, modelsOf, toolsOf } from '../../../src/core/activity.ts';
import { NO_COST } from '../../../src/core/cost.ts';
import type { Activity, ExchangeLine } from '../../../src/core/ports.ts';
import { rangeOf, totalsOf } from '../../../src/web/app/text/activity.ts';
import {
  cacheShare,
  clientName,
  costSumText,
  costText,
  count,
  fineTime,
  MISSING,
  percent,
  plural,
  took,
} from '../../../src/web/app/text/numbers.ts';
import { waterfallOf } from '../../../src/web/app/text/waterfall.ts';

const USAGE = {
  input: 100,
  cacheRead: 40,
  cacheWrite5m: 10,
  cacheWrite1h: 0,
  output: 7,
  reasoning: 2,
};
const COST = { nanoUsd: 5_000_000, exact: 1, estimated: 0, unpriced: 0 };

function span(changes: Partial<Activity>): Activity {
  return {
    from: 0,
    requests: 1,
    failed: 0,
    usage: USAGE,
    cost: COST,
    models: [{ model: 'm', requests: 1, failed: 0, inputTokens: 100, outputTokens: 7, cost: COST }],
    errors: [],
    tools: [{ name: 'Bash', calls: 2, failures: 1, timed: 1, totalMs: 50 }],
    latency: [{ bucket: 3, count: 1 }],
    ...changes,
  };
}

describe('sums over spans', () => {
  const spans = [
    span({ errors: [{ code: 'cut', count: 2 }] }),
    span({
      usage: null,
      cost: NO_COST,
      failed: 1,
      models: [
        { model: 'n', requests: 5, failed: 1, inputTokens: 1, outputTokens: 1, cost: NO_COST },
        { model: 'm', requests: 1, failed: 0, inputTokens: 9, outputTokens: 3, cost: NO_COST },
      ],
      errors: [
        { code: 'full', count: 1 },
        { code: 'cut', count: 1 },
      ],
    }),
  ];

  test('add up, and what nobody measured stays missing', () => {
    const { requests, failed, usage, cost, latency } = totalsOf(spans);
    expect({ requests, failed, usage, cost }).toEqual({
      requests: 2,
      failed: 1,
      usage: USAGE,
      cost: COST,
    });
    expect(latency).toHaveLength(2);
    expect(totalsOf([span({ usage: null })]).usage).toBeNull();
    expect(totalsOf([]).requests).toBe(0);
  });

  test('join models, tools and reasons by name, the most first', () => {
    expect(
      modelsOf(spans).map(({ model, requests, inputTokens }) => [model, requests, inputTokens]),
    ).toEqual([
      ['n', 5, 1],
      ['m', 2, 109],
    ]);
    expect(toolsOf(spans)).toEqual([
      { name: 'Bash', calls: 4, failures: 2, timed: 2, totalMs: 100 },
    ]);
    expect(errorsOf(spans)).toEqual([
      { code: 'cut', count: 3 },
      { code: 'full', count: 1 },
    ]);
  });

  test('a range begins at midnight of its first day', () => {
    const noon = new Date(2026, 5, 15, 12).getTime();
    expect(rangeOf('today', noon)).toEqual({
      from: new Date(2026, 5, 15).getTime(),
      step: 'hour',
    });
    expect(rangeOf('7d', noon)).toEqual({ from: new Date(2026, 5, 9).getTime(), step: 'day' });
  });
});

test('numbers that were not measured are a dash', () => {
  expect([count(null), took(undefined), fineTime(null), percent(null), costText(null)]).toEqual(
    Array(5).fill(MISSING),
  );
  expect(costSumText(NO_COST)).toBe(MISSING);
  expect(costSumText({ ...NO_COST, unpriced: 3 })).toBe(MISSING);
  expect(fineTime(1.234)).toBe('1.23ms');
  expect(cacheShare(USAGE)).toBe(0.4);
  expect(cacheShare({ ...USAGE, input: 0, cacheRead: 0 })).toBeNull();
  expect([plural(1, 'message'), plural(2, 'message')]).toEqual(['1 message', '2 messages']);
  expect([clientName('claude-code'), clientName('openai-sdk'), clientName('curl')]).toEqual([
    'claude',
    'openai',
    'curl',
  ]);
});

describe('waterfall', () => {
  const line = (
    startedAt: number,
    durationMs: number | null,
    tools: string[] = [],
  ): ExchangeLine => ({
    id: `e${startedAt}`,
    sessionId: 's',
    startedAt,
    client: 'claude-code',
    auxiliary: null,
    method: 'POST',
    target: '/v1/messages',
    model: null,
    promptPreview: null,
    status: 200,
    outcome: durationMs === null ? null : 'completed',
    errorCode: null,
    usage: null,
    cost: null,
    firstTokenMs: null,
    durationMs,
    toolNames: tools,
  });

  test('model time, then tool time until the next request', () => {
    const [first, second] = waterfallOf([line(1000, 400, ['Bash']), line(2000, 1000)], 9000);
    expect(first).toMatchObject({ start: 0, end: 0.2, toolEnd: 0.5, toolMs: 600, idleMs: null });
    expect(second).toMatchObject({ start: 0.5, end: 1, toolEnd: null, toolMs: null });
  });

  test("a person's long wait is cut short and named; tools' time never is", () => {
    const idle = waterfallOf([line(0, 1000), line(3_601_000, 1000)], 0);
    expect(idle[1]).toMatchObject({ idleMs: 3_600_000, start: 6 / 7 });
    const tools = waterfallOf([line(0, 1000, ['Bash']), line(3_601_000, 1000)], 0);
    expect(tools[1]?.idleMs).toBeNull();
    expect(tools[0]?.toolMs).toBe(3_600_000);
  });

  test('a running one lasts until now, and nothing is before its start', () => {
    expect(waterfallOf([line(1000, null)], 3000)[0]).toMatchObject({ start: 0, end: 1 });
    expect(waterfallOf([line(1000, null)], 500)[0]).toMatchObject({ start: 0, end: 0 });
    expect(waterfallOf([], 0)).toEqual([]);
  });
});
