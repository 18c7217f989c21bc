/**
 * Where a session's lines go: <directory>/<local date>/session_<safe id>.jsonl. Session ids are
 * foreign text and must never choose a path: `../../x`, NUL, CON, 255 characters. Two ids may share
 * a file (on disks that ignore case); every line names its session, so nothing is mixed up.
 */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const PLAIN_ID = /^[A-Za-z0-9_-]{1,64}$/;
const SLUG_LENGTH = 40;
const HASH_LENGTH = 12;
const DATE_FOLDER = /^\d{4}-\d{2}-\d{2}$/;

/** The file of a session inside a date folder. */
export function sessionFileName(sessionId: string): string {
  return `session_${safeId(sessionId)}.jsonl`;
}

/** The full path for lines that happen at `at` (epoch milliseconds). */
export function sessionFilePath(directory: string, sessionId: string, at: number): string {
  return join(directory, localDate(at), sessionFileName(sessionId));
}

/**
 * Names of the date folders in `directory`, newest first. A link is none of them, wherever it leads,
 * and behind a link there are none: what goes through these folders also deletes, packs and rewrites.
 * Throws the system's error.
 */
export function dateFolders(directory: string): string[] {
  if (lstatSync(resolve(directory)).isSymbolicLink()) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && DATE_FOLDER.test(entry.name))
    .map((entry) => entry.name)
    .sort((a, b) => (a < b ? 1 : -1));
}

/** Plain ids stay as they are; others keep what is readable and are told apart by a hash. */
function safeId(sessionId: string): string {
  if (PLAIN_ID.test(sessionId)) return sessionId;
  const slug = sessionId.replaceAll(/[^A-Za-z0-9_-]+/g, '_').slice(0, SLUG_LENGTH);
  const hash = createHash('sha256').update(sessionId).digest('hex').slice(0, HASH_LENGTH);
  return `${slug}-${hash}`;
}

/** The date a person's calendar shows, as YYYY-MM-DD. */
function localDate(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
