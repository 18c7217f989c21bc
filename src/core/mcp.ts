/**
 * Which MCP server a tool belongs to, by the names that clients give them: `mcp__server__tool` in
 * Claude Code and Codex, `server.tool` where the wire has namespaces (Responses API). Pure.
 */
const NAMES: readonly RegExp[] = [/^mcp__(.+?)__/, /^([^.\s]{1,80})\.[^.\s]+$/];
/** Namespaces of Codex's own tools, seen on the wire of 0.169. */
const OWN_NAMESPACES: ReadonlySet<string> = new Set(['clock', 'collaboration']);

/** null for a tool of the client itself. */
export function mcpServerOf(tool: string): string | null {
  for (const pattern of NAMES) {
    const server = pattern.exec(tool)?.[1];
    if (server !== undefined) return OWN_NAMESPACES.has(server) ? null : server;
  }
  return null;
}
