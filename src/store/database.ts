/**
 * Opens the SQLite file: pragmas, permissions, integrity. The only importer of better-sqlite3.
 * A damaged file is renamed and kept, never deleted and never repaired in place; recording goes on in
 * a new one. A file written by a newer LunaRoute is left alone.
 */
import { chmodSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { UserError } from '../core/errors.ts';
import { refuseLink } from '../files/links.ts';
import { migrate, SCHEMA_VERSION, schemaVersion } from './migrate.ts';

export type Database = Sqlite.Database;
export type Statement<Parameters extends unknown[], Row = unknown> = Sqlite.Statement<
  Parameters,
  Row
>;

export interface OpenedDatabase {
  readonly database: Database;
  /** Sentences for the user: what was found, what was done about it. */
  readonly notices: readonly string[];
}

/** better-sqlite3 waits synchronously: longer would stall the recorder's queue. */
const LOCK_WAIT_MS = 50;
/** The write-ahead log gives back what it grew to beyond this (a reader held it, or one large batch). */
const MAX_IDLE_LOG_BYTES = 32 * 1024 * 1024;
/**
 * Checking reads the whole file: measured 1 s a GB from the page cache. A small one is always checked,
 * a larger one only after a run that did not close, so that starting does not grow with the history;
 * beyond the last bound the recorder's queue would overflow meanwhile.
 */
const ALWAYS_CHECKED_BYTES = 128 * 1024 * 1024;
const NEVER_CHECKED_BYTES = 4 * 1024 * 1024 * 1024;

/** Opens for writing, creating or migrating as needed. Throws UserError for a newer schema. */
export function openDatabase(path: string, now: number = Date.now()): OpenedDatabase {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const notices: string[] = [];
  try {
    return { database: openSound(path), notices };
  } catch (error) {
    if (!isDamage(error)) throw error;
    const aside = setAside(path, now);
    notices.push(
      `The database ${path} is damaged (${messageOf(error)}). It was kept as ${aside}; ` +
        'recording continues in a new file. To look at the old one: ' +
        `sqlite3 "${aside}" ".recover".`,
    );
    return { database: openSound(path), notices };
  }
}

/** Opens for reading beside a live writer. Throws UserError when nothing was recorded yet. */
export function openReadOnly(path: string): Database {
  if (!existsSync(path) || statSync(path).size === 0) throw nothingRecorded(path);
  let database: Database;
  try {
    database = new Sqlite(path, { readonly: true, fileMustExist: true, timeout: LOCK_WAIT_MS });
  } catch (error) {
    throw unreadable(path, error);
  }
  try {
    const version = schemaVersion(database);
    if (version === 0) throw nothingRecorded(path);
    if (version > SCHEMA_VERSION) throw newerSchema(path, version);
    // Queries know the present schema only: an older file is brought to it first.
    if (version < SCHEMA_VERSION) openExisting(path).close();
    return database;
  } catch (error) {
    database.close();
    throw error instanceof UserError ? error : unreadable(path, error);
  }
}

/**
 * Opens whatever is there, in order to look at it: no schema is asked for, nothing is migrated. Throws
 * SQLite's error when it is no database at all (which may show only at the first query).
 */
export function openUnchecked(path: string): Database {
  return new Sqlite(path, { readonly: true, fileMustExist: true, timeout: LOCK_WAIT_MS });
}

export function sqliteVersion(): string {
  const database = new Sqlite(':memory:');
  try {
    return String(database.prepare('SELECT sqlite_version()').pluck().get());
  } finally {
    database.close();
  }
}

/** How long a command waits for a server's transaction; it holds up nobody. */
const COMMAND_WAIT_MS = 10_000;

/** What a caller does while another process holds the write lock: the recorder's thread cannot wait. */
export type LockWait = 'briefly' | 'patiently';

/** A command writes much at once, and is gone afterwards. */
const COMMAND_CACHE_KIB = 64 * 1024;
const COMMAND_LOG_PAGES = 8_000;

/** For a command's connection that writes: it waits for others, and has room for pages and log. */
export function writePatiently(database: Database): void {
  database.pragma(`busy_timeout = ${COMMAND_WAIT_MS}`);
  database.pragma(`cache_size = -${COMMAND_CACHE_KIB}`);
  database.pragma(`wal_autocheckpoint = ${COMMAND_LOG_PAGES}`);
}

/**
 * Opens what was recorded in order to change it. Never creates a database and never sets one aside:
 * that is the recorder's to decide. Throws UserError when there is nothing.
 */
export function openExisting(path: string, wait: LockWait = 'patiently'): Database {
  if (!existsSync(path) || statSync(path).size === 0) throw nothingRecorded(path);
  refuseLinks(path);
  const timeout = wait === 'briefly' ? LOCK_WAIT_MS : COMMAND_WAIT_MS;
  const database = new Sqlite(path, { fileMustExist: true, timeout });
  try {
    const version = schemaVersion(database);
    if (version === 0) throw nothingRecorded(path);
    if (version > SCHEMA_VERSION) throw newerSchema(path, version);
    database.pragma('synchronous = NORMAL');
    database.pragma(`journal_size_limit = ${MAX_IDLE_LOG_BYTES}`);
    database.pragma('foreign_keys = ON');
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error instanceof UserError ? error : unreadable(path, error);
  }
}

function openSound(path: string): Database {
  refuseLinks(path);
  const database = new Sqlite(path, { timeout: LOCK_WAIT_MS });
  try {
    prepareFile(database, path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLite opens all of these, and would write through them. */
function refuseLinks(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) refuseLink(path + suffix);
}

function prepareFile(database: Database, path: string): void {
  if (schemaVersion(database) === 0 && hasTables(database)) throw foreignDatabase(path);
  chmodSync(path, 0o600);
  // auto_vacuum takes effect only before the first table exists; on older files it changes nothing.
  database.pragma('auto_vacuum = INCREMENTAL');
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma(`journal_size_limit = ${MAX_IDLE_LOG_BYTES}`);
  database.pragma('foreign_keys = ON');
  const version = schemaVersion(database);
  if (version > SCHEMA_VERSION) throw newerSchema(path, version);
  if (version > 0 && needsCheck(database, path)) {
    const damage = damageOf(database);
    if (damage !== null) throw new DamagedDatabase(damage);
  }
  migrate(database);
}

function needsCheck(database: Database, path: string): boolean {
  const { size } = statSync(path);
  if (size <= ALWAYS_CHECKED_BYTES) return true;
  if (size > NEVER_CHECKED_BYTES) return false;
  return database.prepare('SELECT 1 FROM runs WHERE closed_at IS NULL LIMIT 1').get() !== undefined;
}

class DamagedDatabase extends Error {}

/**
 * What is wrong with the file; null when nothing is. Table by table, since for the whole file SQLite
 * would also compare every word of the full-text index: four times as long, for what can be built
 * again. Its tables' pages are checked like any others.
 */
export function damageOf(database: Database): string | null {
  const tables = database
    .prepare<[], { name: string }>(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'`,
    )
    .all();
  for (const { name } of tables) {
    const result = database.pragma(`quick_check('${name}')`, { simple: true });
    if (result !== 'ok') return String(result);
  }
  return null;
}

/** True for errors that say the file is no (sound) database. */
export function isDamage(error: unknown): boolean {
  if (error instanceof DamagedDatabase) return true;
  if (!(error instanceof Sqlite.SqliteError)) return false;
  if (isIndexCorrupt(error)) return false;
  return error.code === 'SQLITE_NOTADB' || error.code.startsWith('SQLITE_CORRUPT');
}

/**
 * True when only the full-text index is damaged. FTS5 believes lengths that it reads: a damaged one
 * may make it ask for more memory than there is, so then the index itself is asked.
 */
export function isIndexDamage(error: unknown, database: Database): boolean {
  if (!(error instanceof Sqlite.SqliteError)) return false;
  if (error.code !== 'SQLITE_NOMEM') return isIndexCorrupt(error);
  const hasMemory = succeeds(database, 'SELECT length(randomblob(4000000))');
  return hasMemory && !succeeds(database, `INSERT INTO texts (texts) VALUES ('integrity-check')`);
}

function succeeds(database: Database, sql: string): boolean {
  try {
    database.exec(sql);
    return true;
  } catch {
    return false;
  }
}

function isIndexCorrupt(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code === 'SQLITE_CORRUPT_VTAB';
}

/** Renames a damaged database with its log; gives its new name. */
export function setAside(path: string, now: number): string {
  const stamp = new Date(now).toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
  let aside = `${path}.corrupt-${stamp}`;
  for (let copy = 2; existsSync(aside); copy += 1) aside = `${path}.corrupt-${stamp}-${copy}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  return aside;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function nothingRecorded(path: string): UserError {
  return new UserError(`nothing has been recorded yet (${path} does not exist or is empty)`, {
    hint: 'start it and send an assistant through it: lunaroute run -- claude; see it happen: lunaroute',
  });
}

function hasTables(database: Database): boolean {
  return database.prepare('SELECT 1 FROM sqlite_schema').get() !== undefined;
}

/** The Rust original kept its records at the same place. */
function foreignDatabase(path: string): UserError {
  return new UserError(
    `${path} is another program's database, such as that of LunaRoute's Rust original; move it away`,
    { hint: `mv '${path}' '${path}.before'` },
  );
}

function newerSchema(path: string, version: number): UserError {
  return new UserError(
    `${path} was written by a newer LunaRoute (schema ${version}, this program knows ${SCHEMA_VERSION})`,
    {
      hint: 'update it: npm install --global lunaroute@latest; or name another database: --sessions-db <file>',
    },
  );
}

function unreadable(path: string, cause: unknown): UserError {
  return new UserError(`cannot read the database ${path}: ${messageOf(cause)}`, {
    hint: 'if it is damaged, start lunaroute once: the file is set aside and a new one begun',
    cause,
  });
}
