/**
 * A request's prompt in the order in which providers cache it: tools, system prompt, messages
 * (docs.anthropic.com prompt caching; OpenAI's prefix is the same). Marks that only steer the cache
 * (`cache_control`) are left out: clients move them from message to message without changing a token.
 */
import type { Dialect } from '../core/conversation.ts';
import { arrayField, field, jsonText, nameField, textField } from './json.ts';

export interface NamedText {
  readonly name: string;
  readonly text: string;
}

export function cachePieces(dialect: Dialect, body: unknown): NamedText[] {
  const tools = arrayField(body, 'tools').map((tool) => ({
    name: `tool ${toolName(tool)}`,
    text: plainText(tool),
  }));
  return [...tools, ...systemPieces(body), ...messagePieces(dialect, body)];
}

function systemPieces(body: unknown): NamedText[] {
  const system = field(body, 'system') ?? field(body, 'instructions');
  if (system === undefined || system === null) return [];
  if (!Array.isArray(system)) return [{ name: 'system prompt', text: plainText(system) }];
  return system.map((block: unknown, index) => ({
    name: system.length === 1 ? 'system prompt' : `system prompt, block ${index + 1}`,
    text: plainText(block),
  }));
}

function messagePieces(dialect: Dialect, body: unknown): NamedText[] {
  const list = arrayField(body, dialect === 'openai-responses' ? 'input' : 'messages');
  return list.map((message, index) => {
    const role = nameField(message, 'role') ?? nameField(message, 'type');
    return {
      name: `message ${index + 1}${role === null ? '' : ` (${role})`}`,
      text: plainText(message),
    };
  });
}

export function toolName(tool: unknown): string {
  return (
    nameField(tool, 'name') ??
    nameField(field(tool, 'function'), 'name') ??
    nameField(tool, 'server_label') ??
    textField(tool, 'type')
  );
}

/** A message with one text block and the same text as a string are the same prompt. */
function plainText(value: unknown): string {
  const content = field(value, 'content');
  if (typeof content === 'string' && typeof value === 'object') {
    return jsonText({ ...value, content: [{ type: 'text', text: content }] });
  }
  return jsonText(withoutMarks(value));
}

const MAX_DEPTH = 8;

/** Marks stand on blocks, a few levels below the message. */
function withoutMarks(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((item) => withoutMarks(item, depth + 1));
  const entries = Object.entries(value).filter(([key]) => key !== 'cache_control');
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutMarks(inner, depth + 1)]));
}
