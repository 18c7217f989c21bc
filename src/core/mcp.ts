/**
 * Which MCP server a tool belongs to, by the names that clients give them: `mcp__server__tool` in
 * Claude Code and Codex, `server.tool` where the wire has namespaces (Responses API). Pure.
 */
const NAMES: readonly RegExp[] = [/^mcp__(.+?)__/, /^([^.\s]{1,80})\.[^.\s]+$/];

/** null for a tool of the client itself. */
export function mcpServerOf(tool: string): string | null {
  for (const pattern of NAMES) {
    const server = pattern.exec(tool)?.[1];
    if (server !== undefined) return server;
  }
  return null;
}
