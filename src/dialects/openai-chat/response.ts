/**
 * A completion as `/v1/chat/completions` answers without streaming, or an error body. With several
 * choices, choice 0 comes first and gives the stop reason; the others follow in order.
 */
import type { ResponseView } from '../../core/conversation.ts';
import { arrayField, countField, field, nameField, recordField } from '../json.ts';
import { errorIn } from '../provider-error.ts';
import { keepProviderUsage } from '../token-counts.ts';
import { partsOfMessage } from './message.ts';
import { usageOf } from './usage.ts';
import { detailsOf } from './usage-details.ts';

function byIndex(a: unknown, b: unknown): number {
  return (countField(a, 'index') ?? 0) - (countField(b, 'index') ?? 0);
}

export function parseResponse(body: unknown): ResponseView {
  const choices = arrayField(body, 'choices').toSorted(byIndex);
  const usage = recordField(body, 'usage');
  return {
    id: nameField(body, 'id'),
    model: nameField(body, 'model'),
    parts: choices.flatMap((choice) => partsOfMessage(field(choice, 'message'))),
    stopReason: nameField(choices[0], 'finish_reason'),
    usage: usageOf(usage),
    providerUsage: keepProviderUsage(usage),
    details: detailsOf(body),
    rateLimitFrame: null,
    error: errorIn(body),
    isComplete: true,
  };
}
