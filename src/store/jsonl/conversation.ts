/**
 * A JSON request body taken apart for JSONL: the conversation, whose messages are re-sent with every
 * request, and the other members. Also the fingerprints by which a re-sent piece is known again.
 * Works on the wire's own elements, so nothing that a dialect does not understand is left out.
 */
import { hash } from 'node:crypto';
import type { Dialect } from '../../core/conversation.ts';
import { requestFields } from '../../dialects/openai-responses/request.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface TakenApart {
  readonly messages: readonly unknown[];
  readonly params: JsonObject;
}

/** Where the conversation stands in the body. */
const CONVERSATION: Readonly<Record<Dialect, string>> = {
  'anthropic-messages': 'messages',
  'openai-chat': 'messages',
  'openai-responses': 'input',
};

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `dialect` null: the body is no conversation, everything is a member. */
export function takeApart(body: JsonObject, dialect: Dialect | null): TakenApart {
  const fields = requestFields(body);
  const payload = isObject(fields) ? fields : body;
  if (dialect === null) return { messages: [], params: payload };
  const { [CONVERSATION[dialect]]: conversation, ...params } = payload;
  if (Array.isArray(conversation)) return { messages: conversation, params };
  if (typeof conversation === 'string') return { messages: [conversation], params };
  return { messages: [], params: payload };
}

/**
 * Fingerprint of a value under a name. With the fingerprint of all messages before as the name it
 * rolls over a conversation. Pieces that mean the same have the same one: clients move Anthropic's
 * `cache_control` marks from message to message, and turn a string into a text block to mark it.
 */
export function fingerprint(name: string, value: unknown): string {
  const known = isReference(value) ? LAST_PRINTS.get(value) : undefined;
  if (known?.name === name) return known.print;
  const print = hash('sha256', `${name}\n${meaningOf(value)}`, 'base64url').slice(0, 22);
  if (isReference(value)) LAST_PRINTS.set(value, { name, print });
  return print;
}

/** What is sent again is the same object each time (segments/cut.ts), under the same name. */
const LAST_PRINTS = new WeakMap<object, { readonly name: string; readonly print: string }>();

function isReference(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** The rolling fingerprints of a conversation: one per message, each covering all before it. */
export function chainOf(messages: readonly unknown[], before: string = ''): string[] {
  const chain: string[] = [];
  for (const message of messages) chain.push(fingerprint(chain.at(-1) ?? before, message));
  return chain;
}

function meaningOf(value: unknown): string {
  const text = JSON.stringify(value);
  const unmarked: unknown = text.includes('"cache_control"')
    ? JSON.parse(
        JSON.stringify(value, (key, member) => (key === 'cache_control' ? undefined : member)),
      )
    : value;
  const plain = withPlainContent(unmarked);
  return plain === value ? text : JSON.stringify(plain);
}

/** `content: [{type: 'text', text}]` says the same as `content: text`. */
function withPlainContent(value: unknown): unknown {
  if (!isObject(value)) return value;
  const content = value['content'];
  if (!Array.isArray(content) || content.length !== 1) return value;
  const block: unknown = content[0];
  if (!isObject(block) || block['type'] !== 'text' || Object.keys(block).length !== 2) return value;
  return { ...value, content: block['text'] };
}
