/** Why a prompt cache missed, and how long it stays warm, in words; one look in commands and screens. */
import type { CacheFinding } from './cache-explain.ts';
import { formatDuration } from './format.ts';

/** One phrase, empty without a miss; foreign only in the name of a tool. */
export function causeText({ cause }: Pick<CacheFinding, 'cause'>): string {
  switch (cause?.kind) {
    case undefined:
      return '';
    case 'changed':
      return `${cause.piece} changed`;
    case 'expired':
      return `idle for ${formatDuration(cause.idleMs)}, kept for ${formatDuration(cause.ttlMs)}`;
    case 'unexplained':
      return 'nothing changed and it was in time: dropped by the provider';
  }
}

/** Null when it has gone cold, or there is none. */
export function warmText(coldAt: number | null, now: number): string | null {
  return coldAt === null || coldAt <= now ? null : formatDuration(coldAt - now);
}
