/**
 * A `response` object: the JSON answer, the one inside a terminal stream event, or an error body.
 * A background answer may still be queued or in progress; then it is not complete.
 */
import type { ResponseView } from '../../core/conversation.ts';
import { arrayField, field, nameField, recordField, textField } from '../json.ts';
import { errorIn } from '../provider-error.ts';
import { keepProviderUsage } from '../token-counts.ts';
import { partsOfItem } from './items.ts';
import { usageOf } from './usage.ts';
import { detailsOf } from './usage-details.ts';

const UNFINISHED: readonly string[] = ['queued', 'in_progress'];

export function parseResponse(body: unknown): ResponseView {
  const usage = recordField(body, 'usage');
  const isComplete = !UNFINISHED.includes(textField(body, 'status'));
  const reason = nameField(field(body, 'incomplete_details'), 'reason');
  return {
    id: nameField(body, 'id'),
    model: nameField(body, 'model'),
    parts: arrayField(body, 'output').flatMap(partsOfItem),
    stopReason: isComplete ? (reason ?? nameField(body, 'status')) : null,
    usage: usageOf(usage),
    providerUsage: keepProviderUsage(usage),
    details: detailsOf(body),
    rateLimitFrame: null,
    error: errorIn(body),
    isComplete,
  };
}
