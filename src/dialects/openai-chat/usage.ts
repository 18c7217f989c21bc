/**
 * Chat Completions usage → Usage. `prompt_tokens` INCLUDES cached tokens and `completion_tokens`
 * includes reasoning, so the totals stand as they are. Source: openai SDK 7.57, CompletionUsage.
 */
import type { Usage } from '../../core/usage.ts';
import { countField, field, type JsonRecord } from '../json.ts';
import { settleUsage } from '../token-counts.ts';

/** null when the object holds no token count at all: nothing was sent, which is not zero. */
export function usageOf(wire: JsonRecord | null): Usage | null {
  const input = countField(wire, 'prompt_tokens');
  const output = countField(wire, 'completion_tokens');
  if (input === null && output === null) return null;
  const details = field(wire, 'prompt_tokens_details');
  return settleUsage({
    input: input ?? 0,
    cacheRead: countField(details, 'cached_tokens') ?? 0,
    // OpenAI does not say for how long these live here: the short kind, as in openai-responses.
    cacheWrite5m: countField(details, 'cache_write_tokens') ?? 0,
    cacheWrite1h: 0,
    output: output ?? 0,
    reasoning: countField(field(wire, 'completion_tokens_details'), 'reasoning_tokens') ?? 0,
  });
}
