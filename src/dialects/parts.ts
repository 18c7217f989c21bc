/** Small constructors for parts, shared by the dialects: empty text makes no part. */
import type { Part, Role } from '../core/conversation.ts';

export function textParts(text: string | null): readonly Part[] {
  return text === null || text === '' ? [] : [{ type: 'text', text }];
}

export function thinkingParts(text: string | null): readonly Part[] {
  return text === null || text === '' ? [] : [{ type: 'thinking', text }];
}

const ROLES: Readonly<Record<string, Role>> = {
  system: 'system',
  developer: 'developer',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
  function: 'tool',
};

/** The wire's role; unknown ones count as the user's, so that their text is still shown. */
export function roleOf(role: unknown): Role {
  return typeof role === 'string' && Object.hasOwn(ROLES, role) ? (ROLES[role] ?? 'user') : 'user';
}

/** Pieces of a tool result as one text, each on its own line. */
export function joinLines(pieces: readonly string[]): string {
  return pieces
    .filter((piece) => piece !== '')
    .reduce(
      (all, piece) => (all === '' || all.endsWith('\n') ? all + piece : `${all}\n${piece}`),
      '',
    );
}
