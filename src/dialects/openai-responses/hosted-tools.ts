/**
 * Items of tools with a type of their own: shells and patches that the client runs, and tools that
 * the provider runs itself (search, code interpreter, MCP), whose result stands in the same item.
 * One table: which name the tool goes by and which field is its input.
 */
import type { Part } from '../../core/conversation.ts';
import { arrayField, field, jsonText, label, nameField, textField } from '../json.ts';
import { joinLines } from '../parts.ts';
import { qualifiedName } from './tools.ts';

interface HostedTool {
  readonly name: string;
  readonly input: string;
}

const TOOLS: Readonly<Record<string, HostedTool>> = {
  local_shell_call: { name: 'local_shell', input: 'action' },
  shell_call: { name: 'shell', input: 'action' },
  apply_patch_call: { name: 'apply_patch', input: 'operation' },
  computer_call: { name: 'computer', input: 'action' },
  tool_search_call: { name: 'tool_search', input: 'arguments' },
  program: { name: 'program', input: 'code' },
  web_search_call: { name: 'web_search', input: 'action' },
  file_search_call: { name: 'file_search', input: 'queries' },
  code_interpreter_call: { name: 'code_interpreter', input: 'code' },
  image_generation_call: { name: 'image_generation', input: 'revised_prompt' },
  mcp_call: { name: 'mcp', input: 'arguments' },
};

/** A known tool's call and, where it is there, its result; the type as a label for other items. */
export function hostedParts(item: unknown): readonly Part[] {
  const type = textField(item, 'type');
  const tool = Object.hasOwn(TOOLS, type) ? TOOLS[type] : undefined;
  if (tool === undefined) return [{ type: 'media', label: label(type) }];
  const id = nameField(item, 'call_id') ?? textField(item, 'id');
  const input = field(item, tool.input) ?? '';
  const call: Part = {
    type: 'tool-call',
    id,
    name:
      type === 'mcp_call'
        ? qualifiedName(nameField(item, 'server_label'), textField(item, 'name'))
        : tool.name,
    arguments: typeof input === 'string' ? input : jsonText(input),
  };
  return [call, ...resultParts(type, id, item)];
}

function resultParts(type: string, id: string, item: unknown): readonly Part[] {
  switch (type) {
    case 'mcp_call':
      return mcpResult(id, item);
    case 'code_interpreter_call':
      return textResult(
        id,
        arrayField(item, 'outputs').map((output) => textField(output, 'logs')),
      );
    case 'file_search_call':
      return textResult(id, arrayField(item, 'results').map(searchHit));
    case 'image_generation_call':
      return nameField(item, 'result') === null ? [] : [{ type: 'media', label: 'image' }];
    default:
      return [];
  }
}

function searchHit(hit: unknown): string {
  return joinLines([textField(hit, 'filename'), textField(hit, 'text')]);
}

function textResult(id: string, pieces: readonly string[]): readonly Part[] {
  const text = joinLines(pieces);
  return text === '' ? [] : [{ type: 'tool-result', id, text, isError: null }];
}

function mcpResult(id: string, item: unknown): readonly Part[] {
  const error = field(item, 'error') ?? null;
  if (error !== null) {
    const text = typeof error === 'string' ? error : jsonText(error);
    return [{ type: 'tool-result', id, text, isError: true }];
  }
  const output = nameField(item, 'output');
  return output === null ? [] : [{ type: 'tool-result', id, text: output, isError: false }];
}
