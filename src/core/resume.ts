/** How a session is taken up again in its own client. Pure. */
import type { ClientName } from './exchange.ts';

/** Ids as these clients make them; anything else is foreign text, and goes into no shell. */
const SAFE_ID = /^[0-9A-Za-z][0-9A-Za-z_-]{7,127}$/;

/** The shell command, null where the client has none. Works in the folder of the session's project. */
export function resumeCommand(client: ClientName, sessionId: string): string | null {
  if (!SAFE_ID.test(sessionId)) return null;
  switch (client) {
    case 'claude-code':
      return `claude --resume ${sessionId}`;
    case 'codex':
      return `codex resume ${sessionId}`;
    default:
      return null;
  }
}
