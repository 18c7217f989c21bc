/**
 * What a chat completion says beyond token counts: audio tokens and the tier that served it.
 * Source: openai SDK 7.57, CompletionUsage and ChatCompletion.service_tier.
 */
import { NO_DETAILS, type UsageDetails } from '../../core/usage-details.ts';
import { countField, field, nameField } from '../json.ts';

export function detailsOf(body: unknown): UsageDetails {
  const usage = field(body, 'usage');
  return {
    ...NO_DETAILS,
    audioInput: countField(field(usage, 'prompt_tokens_details'), 'audio_tokens') ?? 0,
    audioOutput: countField(field(usage, 'completion_tokens_details'), 'audio_tokens') ?? 0,
    serviceTier: nameField(body, 'service_tier'),
  };
}
