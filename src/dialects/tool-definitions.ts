/**
 * How large each tool's definition is in a request: they are sent, and paid, with every turn. Codex's
 * newer models bring theirs inside the first input item (`additional_tools`), in namespaces.
 */
import { byteLength } from '../core/text.ts';
import { toolName } from './cache-pieces.ts';
import { arrayField, jsonText, textField } from './json.ts';
import { qualifiedName } from './openai-responses/tools.ts';

export interface ToolDefinition {
  readonly name: string;
  /** Bytes of its JSON. */
  readonly bytes: number;
}

/** More than any client offers. */
const MAX_TOOLS = 2_000;
const MAX_DEPTH = 4;

export function toolDefinitions(body: unknown): ToolDefinition[] {
  const added = arrayField(body, 'input')
    .filter((item) => textField(item, 'type') === 'additional_tools')
    .flatMap((item) => arrayField(item, 'tools'));
  return [...arrayField(body, 'tools'), ...added]
    .flatMap((tool) => definitionsIn(tool, null, MAX_DEPTH))
    .slice(0, MAX_TOOLS);
}

function definitionsIn(tool: unknown, namespace: string | null, depth: number): ToolDefinition[] {
  const name = toolName(tool);
  if (textField(tool, 'type') === 'namespace' && depth > 0) {
    return arrayField(tool, 'tools').flatMap((inner) => definitionsIn(inner, name, depth - 1));
  }
  return [{ name: qualifiedName(namespace, name), bytes: byteLength(jsonText(tool)) }];
}
