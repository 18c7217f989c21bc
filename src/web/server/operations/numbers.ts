/** Sums over the history: by time, model, client, tool; times; limits. */
import * as z from 'zod';
import type { StatsGroup, StatsRow } from '../../../core/ports.ts';
import type { Page } from '../../api-types.ts';
import { spansOf, usageOf } from '../answers.ts';
import { historyOf, type Operation, reading } from '../operation.ts';
import { from, limit, since, words } from '../query.ts';
import type { Records } from '../records.ts';
import { SHAPES } from '../shapes/all-shapes.ts';

const GROUPS = 50;

interface Span {
  readonly since?: number | undefined;
  readonly limit: number;
}

async function groups(records: Records, by: StatsGroup, query: Span): Promise<Page<StatsRow>> {
  await rolledUp(records, query.since);
  const items = records.history()?.statsBy(by, { ...spanOf(query), limit: query.limit }) ?? [];
  return { items, next: null };
}

/** A day at a time: in between, everything else of this thread has its turn. */
async function rolledUp(records: Records, from: number | undefined): Promise<void> {
  for (const _ of records.history()?.rollUp(from ?? 0) ?? []) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function spanOf({ since: at }: { readonly since?: number | undefined }): { since?: number } {
  return at === undefined ? {} : { since: at };
}

export const NUMBER_OPERATIONS: readonly Operation[] = [
  reading({
    path: '/stats',
    summary: 'Sums over all sessions, or over one',
    query: { session: words('A session id.'), since },
    answer: SHAPES.Stats,
    read: async ({ records, query: { session, ...span } }) => {
      if (session !== undefined) {
        return historyOf(records).stats({ ...spanOf(span), sessionId: session });
      }
      await rolledUp(records, span.since);
      return historyOf(records).stats(spanOf(span));
    },
  }),
  reading({
    path: '/tools',
    summary: 'Tools: calls, failures, times, bytes; the most called first',
    query: { since },
    answer: SHAPES.ToolStatsPage,
    read: async ({ records, query }) => {
      await rolledUp(records, query.since);
      return { items: records.history()?.stats(spanOf(query)).tools ?? [], next: null };
    },
  }),
  reading({
    path: '/models',
    summary: 'Sums by model; the largest cost first',
    query: { since, limit: limit(GROUPS) },
    answer: SHAPES.StatsRowPage,
    read: ({ records, query }) => groups(records, 'model', query),
  }),
  reading({
    path: '/clients',
    summary: 'Sums by client; the largest cost first',
    query: { since, limit: limit(GROUPS) },
    answer: SHAPES.StatsRowPage,
    read: ({ records, query }) => groups(records, 'client', query),
  }),
  reading({
    path: '/costs',
    summary: 'What it cost, by day, model, client, project or session',
    query: {
      by: z.enum(['day', 'model', 'client', 'project', 'session']).default('day'),
      since,
      limit: limit(GROUPS),
    },
    answer: SHAPES.StatsRowPage,
    read: ({ records, query: { by, ...span } }) => groups(records, by, span),
  }),
  reading({
    path: '/usage',
    summary: 'Tokens, cost, errors, tools and times by hour or local day, oldest first',
    query: { from, step: z.enum(['hour', 'day']).default('day') },
    answer: SHAPES.ActivityPage,
    read: async ({ records, query }) => {
      const spans = spansOf(query.from, query.step, Date.now());
      await rolledUp(records, query.from);
      const history = records.history();
      return history === null ? { items: [], next: null } : await usageOf(history, spans);
    },
  }),
  reading({
    path: '/latency',
    summary: 'How fast the newest completed exchanges were',
    query: { since },
    answer: SHAPES.LatencyStats,
    read: ({ records, query }) => historyOf(records).latency(spanOf(query)),
  }),
  reading({
    path: '/limits',
    summary: 'What each provider last said about each account',
    query: {},
    answer: SHAPES.AccountLimitsPage,
    read: ({ records }) => ({ items: records.history()?.limits() ?? [], next: null }),
  }),
];
