/**
 * The families of streamed pieces in the Responses API: events `<name>.delta` add to one text of
 * one item, `<name>.done` repeats it whole. A table, so that one piece of code serves all families.
 */
import type { Delta } from '../codec.ts';

export interface PieceRule {
  readonly kind: Delta['kind'];
  /** The item such a piece belongs to, should its announcement have been missed. */
  readonly itemType: string;
  /** The item's field that the pieces fill. */
  readonly field: string;
  /** When that field is a list: the event's index into it, and the wire shape of a piece. */
  readonly list?: { readonly index: string; readonly type: string };
  /** The name of the text, in the `.done` event and in a listed piece. */
  readonly text: string;
}

const RULES: Readonly<Record<string, PieceRule>> = {
  'response.output_text': {
    kind: 'text',
    itemType: 'message',
    field: 'content',
    list: { index: 'content_index', type: 'output_text' },
    text: 'text',
  },
  'response.refusal': {
    kind: 'text',
    itemType: 'message',
    field: 'content',
    list: { index: 'content_index', type: 'refusal' },
    text: 'refusal',
  },
  'response.reasoning_summary_text': {
    kind: 'thinking',
    itemType: 'reasoning',
    field: 'summary',
    list: { index: 'summary_index', type: 'summary_text' },
    text: 'text',
  },
  'response.reasoning_text': {
    kind: 'thinking',
    itemType: 'reasoning',
    field: 'content',
    list: { index: 'content_index', type: 'reasoning_text' },
    text: 'text',
  },
  'response.function_call_arguments': {
    kind: 'tool-call',
    itemType: 'function_call',
    field: 'arguments',
    text: 'arguments',
  },
  'response.custom_tool_call_input': {
    kind: 'tool-call',
    itemType: 'custom_tool_call',
    field: 'input',
    text: 'input',
  },
  'response.mcp_call_arguments': {
    kind: 'tool-call',
    itemType: 'mcp_call',
    field: 'arguments',
    text: 'arguments',
  },
  'response.code_interpreter_call_code': {
    kind: 'tool-call',
    itemType: 'code_interpreter_call',
    field: 'code',
    text: 'code',
  },
};

/** The rule of an event name, and whether it brings a part or the whole; null for other events. */
export function pieceEvent(type: string): { rule: PieceRule; isWhole: boolean } | null {
  const dot = type.lastIndexOf('.');
  const family = type.slice(0, Math.max(dot, 0));
  const ending = type.slice(dot + 1);
  const rule = Object.hasOwn(RULES, family) ? RULES[family] : undefined;
  if (rule === undefined || (ending !== 'delta' && ending !== 'done')) return null;
  return { rule, isWhole: ending === 'done' };
}
