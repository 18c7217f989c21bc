/**
 * The last step of every usage parser: the invariant that parts never exceed their total. Where a
 * provider's numbers contradict each other, an input total gives way (it becomes the sum of its
 * parts: each is priced on its own, so lowering one would hide tokens that were counted); reasoning
 * gives way to the output total, which is what a provider bills (Codex's warm-up was seen with 0
 * output tokens, 20 of them reasoning). The provider's own object is stored beside it, unchanged.
 */
import type { Usage } from '../core/usage.ts';
import { isShallow, type JsonRecord } from './json.ts';

export function settleUsage(usage: Usage): Usage {
  const inputParts = usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
  return {
    ...usage,
    input: Math.max(usage.input, inputParts),
    reasoning: Math.min(usage.reasoning, usage.output),
  };
}

/** Deeper than any provider's usage; a deeper one could not be cloned between threads. */
const MAX_USAGE_DEPTH = 32;

/** The provider's usage object as it came, or null when there is none (or none that can be kept). */
export function keepProviderUsage(usage: JsonRecord | null): JsonRecord | null {
  return usage !== null && isShallow(usage, MAX_USAGE_DEPTH) ? usage : null;
}
