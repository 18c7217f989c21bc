/**
 * What a run's summary says beyond sums by session: models, slowest exchanges, errors, and the last
 * word about each account's limits. Folded one ended exchange at a time; everything has a bound. Pure.
 */
import type { ExchangeEnd, ExchangeRequest } from './exchange.ts';
import type { Stats } from './ports.ts';
import { type AccountLimits, accountKey } from './rate-limits.ts';
import { addEnd, emptyStats } from './stats.ts';

export interface SlowExchange {
  readonly exchangeId: string;
  readonly sessionId: string;
  readonly model: string | null;
  readonly totalMs: number;
  /** First byte to the provider → first content. */
  readonly firstTokenMs: number | null;
}

export interface RunReport {
  /** By model; beyond MAX_MODELS together as OTHER_MODELS. */
  readonly models: ReadonlyMap<string, Stats>;
  /** Slowest first. */
  readonly slowest: readonly SlowExchange[];
  /** Outcome and code → how often. */
  readonly errors: ReadonlyMap<string, number>;
  readonly limits: ReadonlyMap<string, AccountLimits>;
}

const MAX_MODELS = 100;
const MAX_SLOWEST = 5;
const MAX_ERRORS = 50;
const MAX_ACCOUNTS = 50;
const OTHER_MODELS = '(others)';
const OTHER_ERRORS = '(others)';

export function emptyReport(): RunReport {
  return { models: new Map(), slowest: [], errors: new Map(), limits: new Map() };
}

export function addToReport(
  report: RunReport,
  request: ExchangeRequest | null,
  end: ExchangeEnd,
): RunReport {
  return {
    models: withModel(report.models, request, end),
    slowest: withSlow(report.slowest, request, end),
    errors: withError(report.errors, end),
    limits: withLimits(report.limits, end),
  };
}

/** The limits alone: of exchanges that belong to no conversation. */
export function addLimits(report: RunReport, end: ExchangeEnd): RunReport {
  return end.rateLimits === null ? report : { ...report, limits: withLimits(report.limits, end) };
}

function withModel(
  models: RunReport['models'],
  request: ExchangeRequest | null,
  end: ExchangeEnd,
): RunReport['models'] {
  const name = end.modelUsed ?? request?.model ?? null;
  if (name === null) return models;
  const key = models.has(name) || models.size < MAX_MODELS ? name : OTHER_MODELS;
  const stats = addEnd(models.get(key) ?? emptyStats(null), request, end);
  return new Map(models).set(key, stats);
}

function withSlow(
  slowest: readonly SlowExchange[],
  request: ExchangeRequest | null,
  end: ExchangeEnd,
): readonly SlowExchange[] {
  const { ended, sent, firstToken } = end.timing;
  if (ended === null || request?.dialect === null) return slowest;
  const slow = {
    exchangeId: end.id,
    sessionId: end.sessionId,
    model: end.modelUsed ?? request?.model ?? null,
    totalMs: ended,
    firstTokenMs: sent === null || firstToken === null ? null : Math.max(0, firstToken - sent),
  };
  return [...slowest, slow].sort((a, b) => b.totalMs - a.totalMs).slice(0, MAX_SLOWEST);
}

function withError(errors: RunReport['errors'], end: ExchangeEnd): RunReport['errors'] {
  if (end.outcome === 'completed') return errors;
  const name = [end.outcome, end.errorCode].filter((word) => word !== null).join(' ');
  const key = errors.has(name) || errors.size < MAX_ERRORS ? name : OTHER_ERRORS;
  return new Map(errors).set(key, (errors.get(key) ?? 0) + 1);
}

function withLimits(limits: RunReport['limits'], end: ExchangeEnd): RunReport['limits'] {
  if (end.rateLimits === null) return limits;
  const key = accountKey(end.rateLimits);
  const changed = new Map(limits);
  changed.delete(key);
  changed.set(key, end.rateLimits);
  const [oldest] = changed.keys();
  if (changed.size > MAX_ACCOUNTS && oldest !== undefined) changed.delete(oldest);
  return changed;
}
