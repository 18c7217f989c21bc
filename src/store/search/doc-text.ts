/**
 * Which texts a stored piece holds, and in which words they are indexed. Used when a text is indexed
 * and again when a hit's text is read back, so both see the same. Pure.
 */
import type { Dialect, Message, Part } from '../../core/conversation.ts';
import type { SearchHit } from '../../core/ports.ts';
import { codecFor } from '../../dialects/registry.ts';

type DocKind = SearchHit['kind'];

/** Where a doc's text comes from; see the table `docs`. */
export type DocSource = 'element' | 'value' | 'answer';

export interface DocText {
  readonly kind: DocKind;
  readonly text: string;
  /** Of a tool call. */
  readonly toolName?: string;
  /** Of a tool result: the call that it answers. */
  readonly callId?: string;
}

/** Text of one doc beyond this is not searched: a longer one is data, not something said. */
const MAX_TEXT = 256 * 1024;

/** The texts of one element of `messages` or `input`; empty ones keep their place in the list. */
export function elementTexts(element: unknown, dialect: Dialect): DocText[] {
  if (typeof element === 'string') return [{ kind: 'prompt', text: clip(element) }];
  return codecFor(dialect).parseMessage(element).flatMap(messageTexts);
}

function messageTexts(message: Message): DocText[] {
  return partTexts(message.parts, message.role);
}

/** The texts of an answer's parts, or of a message's. */
export function partTexts(parts: readonly Part[], role: Message['role']): DocText[] {
  return parts.map((part) => ({
    kind: kindOf(part, role),
    text: clip(textOf(part)),
    ...(part.type === 'tool-call' ? { toolName: part.name } : {}),
    ...(part.type === 'tool-result' ? { callId: part.id } : {}),
  }));
}

const MAX_DEPTH = 16;
const WORDED_PROPERTIES = new Set(['text', 'content', 'name', 'title', 'description']);

/** The words of a system prompt or of a tool's definition, whatever its dialect. */
export function valueTexts(value: unknown): DocText[] {
  return [{ kind: 'system', text: clip(wordsOf(value, 0)) }];
}

function wordsOf(value: unknown, depth: number): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return '';
  const inner = Array.isArray(value) ? value : Object.entries(value).map(namedWords);
  return inner
    .map((item) => wordsOf(item, depth + 1))
    .filter((words) => words !== '')
    .join('\n');
}

/** Strings count only under names that carry prose: types, ids and patterns are noise. */
function namedWords([name, value]: [string, unknown]): unknown {
  return typeof value !== 'string' || WORDED_PROPERTIES.has(name) ? value : null;
}

function kindOf(part: Part, role: Message['role']): DocKind {
  if (part.type === 'thinking' || part.type === 'tool-call' || part.type === 'tool-result') {
    return part.type;
  }
  if (role === 'assistant') return 'answer';
  return role === 'system' || role === 'developer' ? 'system' : 'prompt';
}

function textOf(part: Part): string {
  switch (part.type) {
    case 'text':
    case 'thinking':
    case 'tool-result':
      return part.text;
    case 'tool-call':
      return `${part.name}\n${argumentWords(part.arguments)}`;
    case 'media':
      return '';
  }
}

const ESCAPE = /\\(?:u[0-9a-fA-F]{4}|(.))/g;

/**
 * Arguments as a person reads them. JSON is written anew first: the provider streams it with other
 * white space than the client sends it back, and both are one text.
 */
function argumentWords(json: string): string {
  let compact = json;
  try {
    compact = JSON.stringify(JSON.parse(json));
  } catch {
    return json;
  }
  return compact.replace(ESCAPE, (_, char: string | undefined) =>
    char === undefined || 'nrtbf'.includes(char) ? ' ' : char,
  );
}

function clip(text: string): string {
  return text.length <= MAX_TEXT ? text : text.slice(0, MAX_TEXT);
}
