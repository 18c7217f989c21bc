/**
 * Turns a failed write into one sentence for a person: what is wrong, where, and what to do. Also
 * decides whether the place is at fault (try again later) or one item (leave it out).
 */
import { UserError } from '../../core/errors.ts';

export interface Place {
  /** As a person calls it: `SQLite`, `JSONL`. */
  readonly name: string;
  readonly path: string;
}

type Kind = 'full' | 'locked' | 'denied' | 'damaged' | 'item' | 'other';

const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/^(SQLITE_FULL|ENOSPC|EDQUOT)/, 'full'],
  [/^(SQLITE_BUSY|SQLITE_LOCKED|EBUSY)/, 'locked'],
  [/^(SQLITE_READONLY|SQLITE_PERM|SQLITE_CANTOPEN|EROFS|EACCES|EPERM)/, 'denied'],
  [/^(SQLITE_CORRUPT|SQLITE_NOTADB)/, 'damaged'],
  // No code at all is an exception of JavaScript: something about the item is not as expected.
  [/^(SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE)|ERR_|$)/, 'item'],
];

const MEANWHILE = 'Traffic goes on; records wait in memory, and the oldest are lost after 64 MB.';

/** The kind of a failed write; `item` when what was written is at fault, not the place. */
export function troubleKind(error: unknown): Kind {
  if (error instanceof UserError) return 'other';
  const code = codeOf(error);
  return KINDS.find(([pattern]) => pattern.test(code))?.[1] ?? 'other';
}

/** One sentence or two: what is wrong, and what to do. */
export function troubleSentence(error: unknown, place: Place): string {
  return `${place.name} recording to ${place.path} fails: ${cause(error)} ${MEANWHILE}`;
}

/** What stands in a command's way where the disk or the file is at fault, and what to do; null otherwise. */
export function placeTrouble(error: unknown): string | null {
  const kind = troubleKind(error);
  return kind === 'full' || kind === 'locked' || kind === 'denied' ? cause(error) : null;
}

function cause(error: unknown): string {
  switch (troubleKind(error)) {
    case 'full':
      return 'the disk is full. Free some space there.';
    case 'locked':
      return 'another program holds a lock on it. Close it (a database shell with an open transaction, for example).';
    case 'denied':
      return 'it cannot be opened or written. Check that this user owns it and that its folder is writable.';
    case 'damaged':
      return 'the file is damaged. It is set aside under a new name and a new one is begun.';
    case 'item':
    case 'other':
      return described(error);
  }
}

function described(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof UserError && error.hint !== null ? ` ${error.hint}` : '';
  return `${message.replace(/\.$/, '')}.${hint}`;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
