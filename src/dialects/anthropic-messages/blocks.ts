/**
 * Anthropic content blocks, as they stand in requests, in answers and (with their input as text)
 * in a stream that is being put together. Source: the block unions of @anthropic-ai/sdk 1.12 and
 * requests of Claude Code 2.1.330 seen on the wire.
 *
 * A provider-run tool (`server_tool_use`, `mcp_tool_use`) is a tool call whose result stands in the
 * same answer. Signatures and encrypted contents are nobody's words and are left out.
 */
import type { Part } from '../../core/conversation.ts';
import {
  arrayField,
  compactJson,
  field,
  jsonText,
  label,
  nameField,
  recordField,
  recordOf,
  stringField,
  textField,
} from '../json.ts';
import { joinLines, textParts, thinkingParts } from '../parts.ts';

/** A string, or the blocks of an array: Anthropic allows both wherever there is content. */
export function partsOfContent(content: unknown): readonly Part[] {
  if (typeof content === 'string') return textParts(content);
  return Array.isArray(content) ? content.flatMap(partsOfBlock) : [];
}

export function partsOfBlock(block: unknown): readonly Part[] {
  if (typeof block === 'string') return textParts(block);
  const type = textField(block, 'type');
  if (type.endsWith('tool_use')) return [toolCall(block)];
  if (type.endsWith('tool_result')) return [toolResult(block)];
  switch (type) {
    case '':
      return [];
    case 'text':
      return textParts(stringField(block, 'text'));
    case 'thinking':
      return thinkingParts(stringField(block, 'thinking'));
    case 'redacted_thinking':
      return [{ type: 'media', label: 'redacted thinking' }];
    case 'compaction':
      return textParts(stringField(block, 'content'));
    case 'search_result':
      return textParts(pieceText(block));
    default:
      return [{ type: 'media', label: mediaLabel(block) }];
  }
}

/** `mcp_tool_use` names its server apart; clients that run MCP tools themselves write `mcp__server__tool`. */
function toolCall(block: unknown): Part {
  const server = nameField(block, 'server_name');
  const name = textField(block, 'name');
  return {
    type: 'tool-call',
    id: textField(block, 'id'),
    name: server === null ? name : `mcp__${server}__${name}`,
    arguments: argumentsText(field(block, 'input')),
  };
}

/** In a stream the input arrives as text; a block whose text never came had the empty object. */
function argumentsText(input: unknown): string {
  return typeof input === 'string' ? compactJson(input) : jsonText(input ?? {});
}

function toolResult(block: unknown): Part {
  return {
    type: 'tool-result',
    id: textField(block, 'tool_use_id'),
    text: resultText(field(block, 'content')),
    isError: resultIsError(block),
  };
}

/** `is_error`; for provider-run tools an error block or a process's return code; else unknown. */
function resultIsError(block: unknown): boolean | null {
  const flag = field(block, 'is_error');
  if (typeof flag === 'boolean') return flag;
  const content = recordField(block, 'content');
  if (textField(content, 'type').endsWith('_tool_result_error')) return true;
  const returnCode = field(content, 'return_code');
  return typeof returnCode === 'number' ? returnCode !== 0 : null;
}

function resultText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) return joinLines(content.map(pieceText));
  return content === undefined || content === null ? '' : pieceText(content);
}

/** One piece of a tool result: its words, or a label where it has none. */
function pieceText(piece: unknown): string {
  if (typeof piece === 'string') return piece;
  switch (textField(piece, 'type')) {
    case 'text':
      return textField(piece, 'text');
    case 'tool_reference':
      return textField(piece, 'tool_name');
    case 'web_search_result':
      return joinLines([textField(piece, 'title'), textField(piece, 'url')]);
    case 'search_result':
      return joinLines([
        textField(piece, 'title'),
        textField(piece, 'source'),
        ...arrayField(piece, 'content').map((inner) => textField(inner, 'text')),
      ]);
    case 'image':
    case 'document':
      return `[${mediaLabel(piece)}]`;
    default:
      return jsonText(piece);
  }
}

function mediaLabel(block: unknown): string {
  const type = textField(block, 'type');
  if (type === 'fallback') return label('fallback to', fallbackModel(block));
  const detail = nameField(block, 'title') ?? nameField(field(block, 'source'), 'media_type');
  return label(type, detail);
}

/** The model that goes on after a `fallback` block (server-side fallback); null for other blocks. */
export function fallbackModel(block: unknown): string | null {
  if (textField(block, 'type') !== 'fallback') return null;
  return nameField(recordOf(field(block, 'to')), 'model');
}
