/** Sums over several spans of time, as the screen and the web page show them, most first. Pure. */
import { addCostSums } from './cost.ts';
import type { Activity } from './ports.ts';

export function modelsOf(spans: readonly Activity[]): readonly Activity['models'][number][] {
  return merged(
    spans.flatMap(({ models }) => models),
    ({ model }) => model ?? '',
    (a, b) => ({
      ...a,
      requests: a.requests + b.requests,
      failed: a.failed + b.failed,
      inputTokens: a.inputTokens + b.inputTokens,
      outputTokens: a.outputTokens + b.outputTokens,
      cost: addCostSums(a.cost, b.cost),
    }),
  ).sort((a, b) => b.requests - a.requests);
}

export function toolsOf(spans: readonly Activity[]): readonly Activity['tools'][number][] {
  return merged(
    spans.flatMap(({ tools }) => tools),
    ({ name }) => name,
    (a, b) => ({
      ...a,
      calls: a.calls + b.calls,
      failures: a.failures + b.failures,
      timed: a.timed + b.timed,
      totalMs: a.totalMs + b.totalMs,
    }),
  ).sort((a, b) => b.calls - a.calls);
}

export function errorsOf(spans: readonly Activity[]): readonly Activity['errors'][number][] {
  return merged(
    spans.flatMap(({ errors }) => errors),
    ({ code }) => code,
    (a, b) => ({ ...a, count: a.count + b.count }),
  ).sort((a, b) => b.count - a.count);
}

function merged<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  join: (a: Item, b: Item) => Item,
): Item[] {
  const all = new Map<string, Item>();
  for (const item of items) {
    const known = all.get(keyOf(item));
    all.set(keyOf(item), known === undefined ? item : join(known, item));
  }
  return [...all.values()];
}
