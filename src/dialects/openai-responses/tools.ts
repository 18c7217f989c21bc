/**
 * Names of tools in the Responses API. Tools may be grouped in namespaces, and Codex's default
 * model sends them inside `input` (`additional_tools`) instead of `tools`.
 */
import { arrayField, nameField, textField } from '../json.ts';

/** The namespace whose tools are called by their bare name (Codex: `functions`, calls say `exec`). */
const DEFAULT_NAMESPACE = 'functions';
const MAX_DEPTH = 8;

/** `namespace.name`, or the bare name outside a namespace and in the default one. */
export function qualifiedName(namespace: string | null, name: string): string {
  return namespace === null || namespace === DEFAULT_NAMESPACE ? name : `${namespace}.${name}`;
}

/** The names of the tools of a list; hosted tools go by their type, MCP servers by their label. */
export function namesOfTools(tools: readonly unknown[]): readonly string[] {
  return tools.flatMap((tool) => namesOfTool(tool, null, MAX_DEPTH));
}

function namesOfTool(tool: unknown, namespace: string | null, depth: number): readonly string[] {
  const name =
    nameField(tool, 'name') ?? nameField(tool, 'server_label') ?? nameField(tool, 'type');
  if (name === null || depth === 0) return [];
  if (textField(tool, 'type') !== 'namespace') return [qualifiedName(namespace, name)];
  return arrayField(tool, 'tools').flatMap((inner) => namesOfTool(inner, name, depth - 1));
}
