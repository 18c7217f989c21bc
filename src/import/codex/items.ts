/** Items of the Responses API as Codex writes them down. */
import { asObject, type Json } from '../json.ts';

/** Messages of the assistant, reasoning, and calls of every kind. */
export function isFromModel(item: Json): boolean {
  const type = String(item['type']);
  if (type === 'message') return item['role'] === 'assistant';
  return type === 'reasoning' || type.endsWith('_call');
}

/** Codex flattens what the API nests. */
export function usageOnTheWire(used: unknown): object | null {
  const counts = asObject(used);
  if (counts === null) return null;
  return {
    input_tokens: counts['input_tokens'],
    input_tokens_details: {
      cached_tokens: counts['cached_input_tokens'],
      cache_write_tokens: counts['cache_write_input_tokens'],
    },
    output_tokens: counts['output_tokens'],
    output_tokens_details: { reasoning_tokens: counts['reasoning_output_tokens'] },
    total_tokens: counts['total_tokens'],
  };
}
