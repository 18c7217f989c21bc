/**
 * Anthropic's usage → Usage. On the wire `input_tokens` EXCLUDES what was read from or written to
 * the prompt cache, so the whole input is the sum of the three. `cache_creation` splits the writes
 * by time to live; what it does not explain counts as 5 minutes, the default. `output_tokens`
 * includes thinking (`output_tokens_details.thinking_tokens`). Source: SDK 1.12, BetaUsage.
 */
import type { Usage } from '../../core/usage.ts';
import { countField, field, type JsonRecord } from '../json.ts';
import { settleUsage } from '../token-counts.ts';

/** null when the object holds no token count at all: nothing was sent, which is not zero. */
export function usageOf(wire: JsonRecord | null): Usage | null {
  const input = countField(wire, 'input_tokens');
  const output = countField(wire, 'output_tokens');
  const cacheRead = countField(wire, 'cache_read_input_tokens');
  const cacheWrite = countField(wire, 'cache_creation_input_tokens');
  if (input === null && output === null && cacheRead === null && cacheWrite === null) return null;
  const split = field(wire, 'cache_creation');
  const write5m = countField(split, 'ephemeral_5m_input_tokens') ?? 0;
  const write1h = countField(split, 'ephemeral_1h_input_tokens') ?? 0;
  const written = Math.max(cacheWrite ?? 0, write5m + write1h);
  return settleUsage({
    input: (input ?? 0) + (cacheRead ?? 0) + written,
    cacheRead: cacheRead ?? 0,
    cacheWrite5m: written - write1h,
    cacheWrite1h: write1h,
    output: output ?? 0,
    reasoning: countField(field(wire, 'output_tokens_details'), 'thinking_tokens') ?? 0,
  });
}

/**
 * `message_start` and `message_delta` report cumulative usage: the later value replaces the earlier
 * one field by field; a null says nothing and replaces nothing.
 */
export function mergeUsage(
  earlier: JsonRecord | null,
  later: JsonRecord | null,
): JsonRecord | null {
  if (later === null) return earlier;
  const known = Object.entries(later).filter(([, value]) => value !== null);
  return { ...earlier, ...Object.fromEntries(known) };
}
