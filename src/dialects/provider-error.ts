/**
 * Errors as providers report them, in a body or inside a 200 stream. Seen shapes: Anthropic
 * `{type:"error", error:{type,message}}`, OpenAI `{error:{type,code,message}}`, a flat
 * `{type:"error", code, message}` event (Responses), `{detail}` (ChatGPT backend and FastAPI
 * servers) and a bare string.
 */
import type { ResponseView } from '../core/conversation.ts';
import { field, type JsonRecord, jsonText, nameField, recordField } from './json.ts';

type ProviderError = NonNullable<ResponseView['error']>;

function fromRecord(error: JsonRecord): ProviderError {
  return {
    type: nameField(error, 'type') ?? nameField(error, 'code') ?? 'error',
    message: nameField(error, 'message') ?? jsonText(error),
  };
}

/** The `error` (or `detail`) that a body carries; null when it carries none. */
export function errorIn(body: unknown): ProviderError | null {
  const error = recordField(body, 'error');
  if (error !== null) return fromRecord(error);
  const text = nameField(body, 'error') ?? nameField(body, 'detail');
  if (text !== null) return { type: 'error', message: text };
  const detail = field(body, 'detail');
  if (Array.isArray(detail)) return { type: 'error', message: jsonText(detail) };
  return null;
}

/** The error of an event that is itself an error, in its nested or its flat shape. */
export function errorOfEvent(event: JsonRecord): ProviderError {
  const flat = { type: field(event, 'code'), message: field(event, 'message') };
  return errorIn(event) ?? fromRecord(flat);
}
