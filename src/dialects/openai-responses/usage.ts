/**
 * Responses API usage → Usage. `input_tokens` INCLUDES cached tokens and `output_tokens` includes
 * reasoning, so the totals stand as they are. OpenAI keeps cache writes for 30 minutes or 12 hours;
 * Usage knows a short and a long kind by Anthropic's names, so the short one counts as 5m and the
 * long one as 1h. Source: openai SDK 7.57, ResponseUsage.
 */
import type { Usage } from '../../core/usage.ts';
import { countField, field, type JsonRecord } from '../json.ts';
import { settleUsage } from '../token-counts.ts';

/** null when the object holds no token count at all: nothing was sent, which is not zero. */
export function usageOf(wire: JsonRecord | null): Usage | null {
  const input = countField(wire, 'input_tokens');
  const output = countField(wire, 'output_tokens');
  if (input === null && output === null) return null;
  const details = field(wire, 'input_tokens_details');
  const long = countField(field(details, 'cache_write_tokens_details'), 'ttl_12h_tokens') ?? 0;
  const written = Math.max(countField(details, 'cache_write_tokens') ?? 0, long);
  return settleUsage({
    input: input ?? 0,
    cacheRead: countField(details, 'cached_tokens') ?? 0,
    cacheWrite5m: written - long,
    cacheWrite1h: long,
    output: output ?? 0,
    reasoning: countField(field(wire, 'output_tokens_details'), 'reasoning_tokens') ?? 0,
  });
}
