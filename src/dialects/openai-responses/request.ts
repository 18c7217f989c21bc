/**
 * Requests of `/v1/responses`: an HTTP body, or the WebSocket message `response.create`, which
 * carries the same fields inline (Codex 0.169) or under `response` (realtime style). Over a
 * WebSocket `input` holds only what is new since `previous_response_id`.
 */
import type { Message, RequestView } from '../../core/conversation.ts';
import { arrayField, field, nameField, recordField, stringField, textField } from '../json.ts';
import { textParts } from '../parts.ts';
import { parseMessage } from './items.ts';
import { namesOfTools } from './tools.ts';

/** The request's own fields, whichever way it was wrapped. */
export function requestFields(body: unknown): unknown {
  return textField(body, 'type') === 'response.create'
    ? (recordField(body, 'response') ?? body)
    : body;
}

function messageOf(role: 'system' | 'user', text: string | null): readonly Message[] {
  const parts = textParts(text);
  return parts.length === 0 ? [] : [{ role, parts }];
}

export function parseRequest(body: unknown): RequestView {
  const fields = requestFields(body);
  const input = arrayField(fields, 'input');
  const added = input.filter((item) => textField(item, 'type') === 'additional_tools');
  return {
    model: nameField(fields, 'model'),
    stream: field(fields, 'stream') === true,
    messages: [
      ...messageOf('system', stringField(fields, 'instructions')),
      ...messageOf('user', stringField(fields, 'input')),
      ...input.flatMap(parseMessage),
    ],
    toolNames: namesOfTools([
      ...arrayField(fields, 'tools'),
      ...added.flatMap((item) => arrayField(item, 'tools')),
    ]),
    previousResponseId: nameField(fields, 'previous_response_id'),
    isWarmUp: field(fields, 'generate') === false,
  };
}
