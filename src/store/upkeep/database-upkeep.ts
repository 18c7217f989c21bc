/**
 * Upkeep of the database: deletes sessions by age, size or name, then what only they needed, then
 * gives the room back. A generator: each step is one short transaction, so that the caller decides
 * how much of its time and of the write lock recording keeps.
 */
import { OTHER_SESSION } from '../../core/exchange.ts';
import type { StoreLimits } from '../../core/retention.ts';
import type { Database } from '../database.ts';
import { DeletionCount } from '../sqlite/deletions.ts';
import { type Chosen, oldestBeyond, restingSessions } from './choose-sessions.ts';
import { collectSegments } from './collect-segments.ts';
import { ExchangeDeleter } from './delete-exchanges.ts';
import { forgetWords } from './forget-words.ts';
import { fileUse, giveBack } from './give-back.ts';

/** The size is known only after deleting: each round measures it anew. */
const MAX_ROUNDS = 5;
const EVER = Number.MAX_SAFE_INTEGER;

export interface DatabaseUpkeep {
  readonly sessions: readonly Chosen[];
  /** Larger than the limit although nothing more may go. */
  readonly isTooLarge: boolean;
}

/** Keeps within the limits at the time `now` (epoch milliseconds). */
export function* keepDatabase(
  database: Database,
  limits: StoreLimits,
  now: number,
): Generator<void, DatabaseUpkeep> {
  const sessions: Chosen[] = [];
  const before = limits.maxAgeMs === null ? null : now - limits.maxAgeMs;
  const isChanged = before === null ? false : yield* deleteOldOthers(database, before);
  let chosen = before === null ? [] : restingSessions(database, before);
  if (isChanged || chosen.length > 0) yield* deleteSessions(database, chosen);
  sessions.push(...chosen);
  if (limits.maxBytes === null) return { sessions, isTooLarge: false };
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    chosen = yield* oldestBeyond(database, limits.maxBytes);
    if (chosen.length === 0) break;
    yield* deleteSessions(database, chosen);
    sessions.push(...chosen);
  }
  // The index frees pages as it merges: they count for the person who looks at the disk.
  if (fileUse(database).file > limits.maxBytes) yield* giveBack(database);
  return { sessions, isTooLarge: fileUse(database).used > limits.maxBytes };
}

/** What keepDatabase() would delete; the size rule looks at what the age rule leaves. */
export function* planDatabase(
  database: Database,
  limits: StoreLimits,
  now: number,
): Generator<void, DatabaseUpkeep> {
  const old = limits.maxAgeMs === null ? [] : restingSessions(database, now - limits.maxAgeMs);
  const beyond = limits.maxBytes === null ? [] : yield* oldestBeyond(database, limits.maxBytes);
  const known = new Set(old.map(({ key }) => key));
  return { sessions: [...old, ...beyond.filter(({ key }) => !known.has(key))], isTooLarge: false };
}

/** Deletes sessions and all that only they needed. One that something runs in keeps that exchange. */
export function* deleteSessions(
  database: Database,
  sessions: readonly { readonly key: number }[],
): Generator<void, void> {
  const deletions = new DeletionCount(database);
  const deleter = new ExchangeDeleter(database, deletions);
  for (const { key } of sessions) {
    while (deleter.step(key, EVER) > 0) yield;
  }
  yield* collectSegments(database, deletions);
  yield* forgetWords(database, deletions);
  yield* giveBack(database);
}

/** What belongs to no conversation never rests as a whole: its exchanges go one by one. */
function* deleteOldOthers(database: Database, before: number): Generator<void, boolean> {
  const other = database
    .prepare<[string], { session_key: number }>(
      'SELECT session_key FROM sessions WHERE session_id = ?',
    )
    .get(OTHER_SESSION);
  if (other === undefined) return false;
  const deleter = new ExchangeDeleter(database, new DeletionCount(database));
  let isChanged = false;
  while (deleter.step(other.session_key, before) > 0) {
    isChanged = true;
    yield;
  }
  return isChanged;
}
