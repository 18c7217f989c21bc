/**
 * Which WebSocket messages begin and end a turn of the Responses API (Codex 0.169, beta
 * `responses_websockets=2026-02-06`): the client's `response.create`, the provider's terminal event.
 * A message is parsed only when its text names one of these, for most are small pieces of an answer.
 */
import { parseJson, textField } from '../json.ts';

const START = 'response.create';
/** `error` ends the turn too: the provider refuses it (unknown previous_response_id, rate limit …). */
const ENDS: readonly string[] = [
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
  'error',
];

export function isTurnStart(text: string): boolean {
  return text.includes(`"${START}"`) && textField(parseJson(text), 'type') === START;
}

export function isTurnEnd(text: string): boolean {
  if (!ENDS.some((name) => text.includes(`"${name}"`))) return false;
  return ENDS.includes(textField(parseJson(text), 'type'));
}
