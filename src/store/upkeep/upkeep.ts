/**
 * Upkeep of both stores, as the recorder's schedule and the commands run it. Opens its own connection
 * for each run and closes it. The generators yield between steps of a few milliseconds; to break one
 * off, call its return(): everything done so far is consistent.
 */
import { existsSync, statSync } from 'node:fs';
import { UserError } from '../../core/errors.ts';
import type {
  PrunedFile,
  PruneReport,
  RetentionOptions,
  StoreLimits,
} from '../../core/retention.ts';
import { type Database, type LockWait, openExisting } from '../database.ts';
import {
  type DatabaseUpkeep,
  deleteSessions,
  keepDatabase,
  planDatabase,
} from './database-upkeep.ts';
import { deleteSessionFiles, type JsonlUpkeep, keepJsonl } from './jsonl-upkeep.ts';

export interface UpkeepPlaces {
  /** null: not recorded to. */
  readonly sqlitePath: string | null;
  readonly jsonlDirectory: string | null;
}

export interface UpkeepTask extends UpkeepPlaces {
  readonly limits: RetentionOptions;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly isDryRun: boolean;
  /** For the database's lock: briefly in the recorder's thread, patiently in a command. */
  readonly wait: LockWait;
}

export type Steps<T> = Generator<void, T>;

/** Keeps both stores within their limits, or says what that would delete. */
export function* keepWithinLimits(task: UpkeepTask): Steps<PruneReport> {
  const database = openIfThere(task);
  try {
    const before = fileSize(task.sqlitePath);
    const kept = database === null ? NOTHING_KEPT : yield* upkeepOf(database, task);
    const jsonl = yield* jsonlUpkeep(task, database === null ? new Set() : pinnedIds(database));
    const sessions = kept.sessions.map(({ key: _, ...session }) => session);
    return {
      sessions,
      files: jsonl.files,
      compressed: jsonl.compressed,
      database: { before, after: task.isDryRun ? before : fileSize(task.sqlitePath) },
      jsonl: { before: jsonl.before, after: jsonl.after },
      problems: task.isDryRun ? [] : problemsOf(task, kept.isTooLarge, jsonl.isTooLarge),
    };
  } finally {
    database?.close();
  }
}

const NOTHING_KEPT: DatabaseUpkeep = { sessions: [], isTooLarge: false };
const NO_JSONL: JsonlUpkeep = {
  files: [],
  compressed: [],
  before: 0,
  after: 0,
  isTooLarge: false,
};

function upkeepOf(database: Database, task: UpkeepTask): Steps<DatabaseUpkeep> {
  const limits: StoreLimits = task.limits.sqlite;
  return task.isDryRun
    ? planDatabase(database, limits, task.now)
    : keepDatabase(database, limits, task.now);
}

function* jsonlUpkeep(task: UpkeepTask, pinned: ReadonlySet<string>): Steps<JsonlUpkeep> {
  const { jsonlDirectory: directory, limits, now, isDryRun } = task;
  if (directory === null) return NO_JSONL;
  return yield* keepJsonl({ directory, limits: limits.jsonl, now, pinned, isDryRun });
}

export interface Deleted {
  readonly files: readonly PrunedFile[];
  /** By which both stores became smaller. */
  readonly freedBytes: number;
}

/** Deletes these sessions from both stores, pinned or not. Throws a UserError when a request runs. */
export function* deleteFromStores(places: UpkeepPlaces, ids: readonly string[]): Steps<Deleted> {
  const database = openIfThere({ ...places, wait: 'patiently' });
  const before = fileSize(places.sqlitePath);
  try {
    if (database !== null) {
      const sessions = ids.map((id) => requireIdle(database, id));
      yield* deleteSessions(database, sessions);
    }
    const { jsonlDirectory } = places;
    const files = jsonlDirectory === null ? [] : deleteSessionFiles(jsonlDirectory, ids);
    const inFiles = files.reduce((sum, { bytes }) => sum + bytes, 0);
    return { files, freedBytes: before - fileSize(places.sqlitePath) + inFiles };
  } finally {
    database?.close();
  }
}

/** Pins a session, so that retention leaves it alone, or takes the pin back. */
export function setPinned(sqlitePath: string, sessionId: string, isPinned: boolean): void {
  const database = openExisting(sqlitePath);
  try {
    database
      .prepare<[number, string]>('UPDATE sessions SET is_pinned = ? WHERE session_id = ?')
      .run(Number(isPinned), sessionId);
  } finally {
    database.close();
  }
}

function openIfThere({ sqlitePath, wait }: Pick<UpkeepTask, 'sqlitePath' | 'wait'>) {
  const isThere = sqlitePath !== null && existsSync(sqlitePath) && fileSize(sqlitePath) > 0;
  return isThere ? openExisting(sqlitePath, wait) : null;
}

function pinnedIds(database: Database): Set<string> {
  const rows = database
    .prepare<[], { session_id: string }>('SELECT session_id FROM sessions WHERE is_pinned')
    .all();
  return new Set(rows.map((row) => row.session_id));
}

function requireIdle(database: Database, sessionId: string): { key: number } {
  const row = database
    .prepare<[string], { key: number; running: number }>(
      `SELECT session_key AS key, EXISTS (
         SELECT 1 FROM exchanges
         WHERE exchanges.session_key = sessions.session_key AND outcome IS NULL) AS running
       FROM sessions WHERE session_id = ?`,
    )
    .get(sessionId);
  if (row === undefined) throw new UserError(`the session ${sessionId} is no longer there`);
  if (row.running === 1) {
    throw new UserError(`a request of the session ${sessionId} is still running`, {
      hint: 'wait until it has ended, then delete it',
    });
  }
  return row;
}

function problemsOf(task: UpkeepTask, sqlite: boolean, jsonl: boolean): string[] {
  const why = 'what is left is pinned, still running, or of today';
  const sentence = (place: string | null) =>
    `${place} is larger than its limit: ${why}. Raise the limit, or delete sessions: lunaroute sessions delete <id>.`;
  return [
    ...(sqlite ? [sentence(task.sqlitePath)] : []),
    ...(jsonl ? [sentence(task.jsonlDirectory)] : []),
  ];
}

/** With what has been written ahead of it. */
function fileSize(path: string | null): number {
  if (path === null) return 0;
  const sizes = [path, `${path}-wal`].map(
    (file) => statSync(file, { throwIfNoEntry: false })?.size,
  );
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}
