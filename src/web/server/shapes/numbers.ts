/** Tokens, money, times and limits as the API answers them: the core's types, checked by the compiler. */
import * as z from 'zod';
import type { Cost, CostSum } from '../../../core/cost.ts';
import type { Activity, LatencyStats, Stats, StatsRow, ToolStats } from '../../../core/ports.ts';
import type { AccountLimits } from '../../../core/rate-limits.ts';
import type { Usage } from '../../../core/usage.ts';
import { count, epochMs, pageOf, text, textOrNull } from './shape.ts';

export const usage: z.ZodType<Usage> = z.strictObject({
  input: count,
  cacheRead: count,
  cacheWrite5m: count,
  cacheWrite1h: count,
  output: count,
  reasoning: count,
});

export const cost: z.ZodType<Cost> = z.strictObject({
  nanoUsd: z.int(),
  certainty: z.enum(['exact', 'estimated']),
  priceVersion: text,
});

export const costSum: z.ZodType<CostSum> = z.strictObject({
  nanoUsd: z.int(),
  exact: count,
  estimated: count,
  unpriced: count,
});

const outcomes = z.partialRecord(
  z.enum(['completed', 'failed', 'incomplete', 'aborted', 'interrupted']),
  count,
);

const toolStats: z.ZodType<ToolStats> = z.strictObject({
  name: text,
  calls: count,
  failures: count,
  timed: count,
  totalMs: z.number(),
  maxMs: z.number().nullable(),
  argumentBytes: count,
  resultBytes: count,
});

const stats: z.ZodType<Stats> = z.strictObject({
  sessionId: textOrNull,
  sessions: count,
  requests: count,
  outcomes,
  usage: usage.nullable(),
  unknownUsage: count,
  cost: costSum,
  tools: z.array(toolStats),
  timed: count,
  totalMs: z.number(),
  overheadMs: z.number(),
});

const statsRow: z.ZodType<StatsRow> = z.strictObject({ key: text, stats });

const named = { requests: count, failed: count };

const activity: z.ZodType<Activity> = z.strictObject({
  from: epochMs,
  ...named,
  usage: usage.nullable(),
  cost: costSum,
  models: z.array(
    z.strictObject({
      model: textOrNull,
      ...named,
      inputTokens: count,
      outputTokens: count,
      cost: costSum,
    }),
  ),
  errors: z.array(z.strictObject({ code: text, count })),
  tools: z.array(
    z.strictObject({
      name: text,
      calls: count,
      failures: count,
      timed: count,
      totalMs: z.number(),
    }),
  ),
  latency: z.array(z.strictObject({ bucket: z.int(), count })),
});

const spread = z
  .strictObject({ count, p50: z.number(), p95: z.number(), max: z.number() })
  .nullable();

const latency: z.ZodType<LatencyStats> = z.strictObject({
  upload: spread,
  queue: spread,
  connect: spread,
  firstByte: spread,
  firstToken: spread,
  tokensPerSecond: spread,
  gapP50: spread,
  gapP95: spread,
  gapP99: spread,
  overhead: spread,
  total: spread,
});

const accountLimits: z.ZodType<AccountLimits> = z.strictObject({
  account: text,
  provider: text,
  seenAt: epochMs,
  limits: z.array(
    z.strictObject({
      name: text,
      limit: z.number().nullable(),
      remaining: z.number().nullable(),
      usedShare: z.number().nullable(),
      resetsAt: epochMs.nullable(),
      status: textOrNull,
    }),
  ),
});

export const NUMBER_SHAPES = {
  Usage: usage,
  Cost: cost,
  CostSum: costSum,
  ToolStats: toolStats,
  ToolStatsPage: pageOf(toolStats),
  Stats: stats,
  StatsRow: statsRow,
  StatsRowPage: pageOf(statsRow),
  Activity: activity,
  ActivityPage: pageOf(activity),
  LatencyStats: latency,
  AccountLimits: accountLimits,
  AccountLimitsPage: pageOf(accountLimits),
} as const;
