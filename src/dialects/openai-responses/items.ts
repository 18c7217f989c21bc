/**
 * Responses API items: elements of a request's `input` and of an answer's `output`. Source: the
 * item unions of the openai SDK 7.57 and requests of Codex 0.169 seen on the wire. Encrypted
 * reasoning and other opaque contents are nobody's words and are left out.
 */
import type { Message, Part, Role } from '../../core/conversation.ts';
import { arrayField, field, label, nameField, stringField, textField } from '../json.ts';
import { roleOf, textParts, thinkingParts } from '../parts.ts';
import { hostedParts } from './hosted-tools.ts';
import { outputIsError, outputText, statusIsError } from './tool-output.ts';
import { qualifiedName } from './tools.ts';

/** An input or output item as a message; empty when it holds nothing that was said or done. */
export function parseMessage(element: unknown): readonly Message[] {
  const parts = partsOfItem(element);
  return parts.length === 0 ? [] : [{ role: itemRole(element), parts }];
}

/** Messages carry a role; results come from tools; all other items are the model's. */
function itemRole(item: unknown): Role {
  const role = nameField(item, 'role');
  if (role !== null) return roleOf(role);
  return textField(item, 'type').endsWith('_output') ? 'tool' : 'assistant';
}

export function partsOfItem(item: unknown): readonly Part[] {
  const type = textField(item, 'type');
  if (type.endsWith('_output')) return [toolResult(item)];
  switch (type) {
    case '':
    case 'message':
      return partsOfContent(field(item, 'content'));
    case 'function_call':
      return [toolCall(item, textField(item, 'arguments'))];
    case 'custom_tool_call':
      return [toolCall(item, textField(item, 'input'))];
    case 'reasoning':
      return reasoningParts(item);
    case 'additional_tools':
      return [];
    case 'item_reference':
      return [{ type: 'media', label: label('reference to', nameField(item, 'id')) }];
    default:
      return hostedParts(item);
  }
}

/** The content of a message: a string or pieces. */
function partsOfContent(content: unknown): readonly Part[] {
  if (typeof content === 'string') return textParts(content);
  return Array.isArray(content) ? content.flatMap(partsOfPiece) : [];
}

function partsOfPiece(piece: unknown): readonly Part[] {
  if (typeof piece === 'string') return textParts(piece);
  const text = stringField(piece, 'text') ?? stringField(piece, 'refusal');
  if (text !== null) return textParts(text);
  const kind = textField(piece, 'type').replace(/^(?:input|output)_/, '');
  return kind === '' ? [] : [{ type: 'media', label: label(kind, nameField(piece, 'filename')) }];
}

function toolCall(item: unknown, args: string): Part {
  return {
    type: 'tool-call',
    id: nameField(item, 'call_id') ?? textField(item, 'id'),
    name: qualifiedName(nameField(item, 'namespace'), textField(item, 'name')),
    arguments: args,
  };
}

function toolResult(item: unknown): Part {
  const output = field(item, 'output') ?? field(item, 'result') ?? field(item, 'tools');
  const isPatch = textField(item, 'type') === 'apply_patch_call_output';
  return {
    type: 'tool-result',
    id: nameField(item, 'call_id') ?? textField(item, 'id'),
    text: outputText(output),
    isError: isPatch ? statusIsError(item) : outputIsError(output),
  };
}

/** Summaries first, then the full text that open-weight models give. */
function reasoningParts(item: unknown): readonly Part[] {
  const pieces = [...arrayField(item, 'summary'), ...arrayField(item, 'content')];
  return pieces.flatMap((piece) => thinkingParts(stringField(piece, 'text')));
}
