/**
 * Chat Completions messages, in requests and in the choices of an answer. Besides OpenAI's own
 * fields it reads what compatible servers add: `reasoning_content` (DeepSeek, vLLM) and `reasoning`
 * (OpenRouter, Ollama) as thinking, tool arguments sent as an object, text parts of other names.
 */
import type { Message, Part } from '../../core/conversation.ts';
import {
  arrayField,
  field,
  jsonText,
  label,
  nameField,
  recordField,
  stringField,
  textField,
} from '../json.ts';
import { joinLines, roleOf, textParts, thinkingParts } from '../parts.ts';

export function parseMessage(element: unknown): readonly Message[] {
  const role = nameField(element, 'role');
  if (role === null) return [];
  const parts = roleOf(role) === 'tool' ? [toolResult(element)] : partsOfMessage(element);
  return [{ role: roleOf(role), parts }];
}

/** Thinking, then words, then tool calls: the order in which a stream carries them too. */
export function partsOfMessage(message: unknown): readonly Part[] {
  return [
    ...thinkingParts(reasoningText(message)),
    ...partsOfContent(field(message, 'content')),
    ...textParts(stringField(message, 'refusal')),
    ...arrayField(message, 'tool_calls').map(toolCall),
    ...legacyCall(recordField(message, 'function_call')),
    ...audioParts(recordField(message, 'audio')),
  ];
}

/** The model's thinking in a message or in a delta; '' when there is none. */
export function reasoningText(message: unknown): string {
  return nameField(message, 'reasoning_content') ?? textField(message, 'reasoning');
}

export function partsOfContent(content: unknown): readonly Part[] {
  if (typeof content === 'string') return textParts(content);
  return Array.isArray(content) ? content.flatMap(partsOfPiece) : [];
}

function partsOfPiece(piece: unknown): readonly Part[] {
  if (typeof piece === 'string') return textParts(piece);
  const type = textField(piece, 'type');
  if (type === 'thinking') return thinkingParts(thinkingText(piece));
  const text = stringField(piece, 'text') ?? stringField(piece, 'refusal');
  if (text !== null) return textParts(text);
  const name = nameField(field(piece, 'file'), 'filename');
  return type === '' ? [] : [{ type: 'media', label: label(type, name) }];
}

/** Mistral sends thinking as a list of text pieces. */
function thinkingText(piece: unknown): string {
  const pieces = arrayField(piece, 'thinking').map((inner) => textField(inner, 'text'));
  return stringField(piece, 'thinking') ?? pieces.join('');
}

function toolCall(call: unknown): Part {
  const custom = recordField(call, 'custom');
  const called = custom ?? recordField(call, 'function');
  return {
    type: 'tool-call',
    id: textField(call, 'id'),
    name: textField(called, 'name'),
    arguments: custom === null ? argumentsText(called) : textField(custom, 'input'),
  };
}

/** OpenAI sends arguments as JSON text, some compatible servers as the object itself. */
export function argumentsText(called: unknown): string {
  const value = field(called, 'arguments') ?? '';
  return typeof value === 'string' ? value : jsonText(value);
}

/** The call before there were ids; its result (role `function`) names the function instead. */
function legacyCall(call: unknown): readonly Part[] {
  const name = nameField(call, 'name');
  if (name === null) return [];
  return [{ type: 'tool-call', id: legacyId(name), name, arguments: argumentsText(call) }];
}

function legacyId(name: string): string {
  return `function:${name}`;
}

function audioParts(audio: unknown): readonly Part[] {
  if (audio === null) return [];
  return [...textParts(stringField(audio, 'transcript')), { type: 'media', label: 'audio' }];
}

/** The wire does not say whether a tool failed. */
function toolResult(element: unknown): Part {
  return {
    type: 'tool-result',
    id: nameField(element, 'tool_call_id') ?? legacyId(textField(element, 'name')),
    text: joinLines(partsOfContent(field(element, 'content')).map(plainText)),
    isError: null,
  };
}

function plainText(part: Part): string {
  if (part.type === 'media') return `[${part.label}]`;
  return part.type === 'tool-call' ? '' : part.text;
}
