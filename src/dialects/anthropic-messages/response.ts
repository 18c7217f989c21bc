/**
 * A message as `/v1/messages` answers without streaming, or an error body. The stream assembler
 * rebuilds this same shape and ends here too, so that both ways give the same view. The answer of
 * `count_tokens`, `{input_tokens: n}`, is no usage: nothing was generated or billed.
 */
import type { ResponseView } from '../../core/conversation.ts';
import { arrayField, nameField, recordField } from '../json.ts';
import { errorIn } from '../provider-error.ts';
import { keepProviderUsage } from '../token-counts.ts';
import { fallbackModel, partsOfBlock } from './blocks.ts';
import { usageOf } from './usage.ts';
import { detailsOf } from './usage-details.ts';

export function parseResponse(body: unknown): ResponseView {
  const blocks = arrayField(body, 'content');
  const usage = recordField(body, 'usage');
  const served = blocks.map(fallbackModel).findLast((model) => model !== null);
  return {
    id: nameField(body, 'id'),
    model: served ?? nameField(body, 'model'),
    parts: blocks.flatMap(partsOfBlock),
    stopReason: nameField(body, 'stop_reason'),
    usage: usageOf(usage),
    providerUsage: keepProviderUsage(usage),
    details: detailsOf(usage, blocks),
    rateLimitFrame: null,
    error: errorIn(body),
    isComplete: true,
  };
}
