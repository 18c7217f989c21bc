/**
 * The folder that an agent works in, as its own prompt tells the model: Claude Code's environment
 * block (`Primary working directory: …`), Codex's `<cwd>…</cwd>`, OpenCode's `Working directory: …`.
 * Foreign text: neutralise it before it reaches a terminal or a page.
 */
import type { RequestView } from '../core/conversation.ts';

const PATTERNS: readonly RegExp[] = [
  /^[ \t-]*(?:Primary w|W)orking directory: *(\/[^\n]{1,1000}|[A-Za-z]:\\[^\n]{1,1000})$/m,
  /<cwd>([^<\n]{1,1000})<\/cwd>/,
];
/** The environment stands at the beginning of a conversation. */
const MAX_MESSAGES = 8;
const MAX_CHARS = 200_000;

export function projectOf(view: RequestView): string | null {
  let budget = MAX_CHARS;
  for (const message of view.messages.slice(0, MAX_MESSAGES)) {
    for (const part of message.parts) {
      if (part.type !== 'text' || budget <= 0) continue;
      const text = part.text.slice(0, budget);
      budget -= text.length;
      for (const pattern of PATTERNS) {
        const folder = pattern.exec(text)?.[1]?.trim();
        if (folder !== undefined && folder !== '') return folder;
      }
    }
  }
  return null;
}
