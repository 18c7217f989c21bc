/**
 * What a response says beyond token counts: the tier that served it, and the tools that OpenAI ran,
 * counted from the answer's items. Source: openai SDK 7.57, Response.service_tier, ResponseOutputItem.
 */
import { NO_DETAILS, type UsageDetails } from '../../core/usage-details.ts';
import { arrayField, nameField, textField } from '../json.ts';

export function detailsOf(body: unknown): UsageDetails {
  const items = arrayField(body, 'output');
  const count = (type: string): number =>
    items.filter((item) => textField(item, 'type') === type).length;
  return {
    ...NO_DETAILS,
    webSearches: count('web_search_call'),
    codeExecutions: count('code_interpreter_call'),
    serviceTier: nameField(body, 'service_tier'),
  };
}
