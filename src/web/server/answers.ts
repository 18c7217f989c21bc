/** What the API's routes answer: pages, sums over spans of time, differences between requests. */
import { coldAtOf, explainCache } from '../../core/cache-explain.ts';
import type { Message } from '../../core/conversation.ts';
import { formatBytes } from '../../core/format.ts';
import type { Activity, ExchangeDetail, ExchangeLine, History } from '../../core/ports.ts';
import type {
  ExchangeDiff,
  ExchangeNeighbours,
  Page,
  SessionCache,
  SessionTools,
} from '../api-types.ts';
import { exchangeCursor } from './cursor.ts';
import { ProblemError } from './problem.ts';
import type { Records } from './records.ts';

const HOUR_MS = 3_600_000;
const MAX_SPANS = 400;
/** Newest turns whose cache is explained. */
const MAX_STEPS = 500;
/** Helper calls between two turns that a comparison looks past. */
const MAX_BETWEEN = 20;

export function linePage(items: readonly ExchangeLine[], limit: number): Page<ExchangeLine> {
  const last = items.at(-1);
  const isLast = last === undefined || items.length < limit;
  return { items, next: isLast ? null : exchangeCursor(last) };
}

/** Hours, or local days: their length changes with summer time. */
export function spansOf(
  from: number,
  step: 'hour' | 'day',
  now: number,
): readonly [number, number][] {
  const spans: [number, number][] = [];
  let start = from;
  while (start <= now) {
    if (spans.length === MAX_SPANS)
      throw new ProblemError(400, `at most ${MAX_SPANS} spans at once`);
    const end = step === 'hour' ? start + HOUR_MS : nextDay(start);
    spans.push([start, end]);
    start = end;
  }
  return spans;
}

function nextDay(at: number): number {
  const date = new Date(at);
  return date.setDate(date.getDate() + 1);
}

/** One span at a time: in between, everything else of this thread has its turn. */
export async function usageOf(
  history: History,
  spans: readonly (readonly [number, number])[],
): Promise<Page<Activity>> {
  const items: Activity[] = [];
  for (const [from, to] of spans) {
    items.push(history.activity(from, to));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { items, next: null };
}

export function toolsOf(history: History, sessionId: string): SessionTools {
  return { tools: history.stats({ sessionId }).tools, sizes: history.toolSizes(sessionId) };
}

export function cacheOf(
  history: History,
  sessionId: string,
  price: Records['price'],
): SessionCache {
  const steps = history.cacheSteps(sessionId, MAX_STEPS);
  return {
    sessionId,
    findings: explainCache(steps, price).reverse(),
    coldAt: coldAtOf(steps),
  };
}

/** Against the newest earlier request of the same kind and agent. */
export function diffOf(history: History, now: ExchangeDetail): ExchangeDiff {
  const { sessionId, startedAt, id } = now;
  const earlier = history.timeline({ sessionId, limit: MAX_BETWEEN, before: { startedAt, id } });
  const before = earlier
    .filter(({ auxiliary }) => auxiliary === now.auxiliary)
    .map((line) => history.exchange(line.id))
    .find((detail) => detail !== null && detail.agentId === now.agentId);
  if (before === undefined || before === null) {
    return { previousId: null, same: 0, removed: [], added: now.messages, facts: [] };
  }
  const [old, fresh] = [keysOf(before.messages), keysOf(now.messages)];
  const differs = old.findIndex((key, index) => key !== fresh[index]);
  const same = differs === -1 ? old.length : differs;
  const facts = [
    { name: 'model', before: before.model, now: now.model },
    { name: 'path', before: before.target, now: now.target },
    {
      name: 'request',
      before: formatBytes(before.requestBody.bytes),
      now: formatBytes(now.requestBody.bytes),
    },
  ];
  return {
    previousId: before.id,
    same,
    removed: before.messages.slice(same),
    added: now.messages.slice(same),
    facts: facts.filter((fact) => fact.before !== fact.now),
  };
}

export function neighboursOf(
  history: History,
  { sessionId, startedAt, id }: ExchangeDetail,
): ExchangeNeighbours {
  const place = { startedAt, id };
  const [previous] = history.timeline({ sessionId, limit: 1, before: place });
  const [next] = history.timeline({ sessionId, limit: 1, after: place });
  return { previous: previous?.id ?? null, next: next?.id ?? null };
}

function keysOf(messages: readonly Message[]): readonly string[] {
  return messages.map((message) => JSON.stringify(message));
}
