/**
 * How a database file is, for `doctor`: sound or not, which schema, whether search finds everything.
 * Only reads, and never throws for what is wrong with the file: that is its answer.
 */
import { existsSync, statSync } from 'node:fs';
import { type Database, damageOf, openUnchecked } from '../database.ts';
import { SCHEMA_VERSION, schemaVersion } from '../migrate.ts';
import { indexDamage, unindexedSessions } from '../search/rebuild-index.ts';

export interface DatabaseState {
  readonly bytes: number;
  /** What SQLite says is wrong with it; null when it is sound. What follows is unknown otherwise. */
  readonly damage: string | null;
  /** 0: no schema yet. */
  readonly schemaVersion: number;
  readonly knownVersion: number;
  /** null unless the schema is this program's. */
  readonly contents: DatabaseContents | null;
}

export interface DatabaseContents {
  readonly sessions: number;
  readonly exchanges: number;
  /** Start of the newest exchange, epoch milliseconds; null when there is none. */
  readonly newestAt: number | null;
  /** Exchanges that start later than the given time. */
  readonly later: number;
  /** What is wrong with the full-text index; null when it is sound. */
  readonly indexDamage: string | null;
  /** Sessions with something said in them of which search knows nothing. */
  readonly unindexed: number;
}

/** null when there is no file, or an empty one. `latest`: epoch milliseconds, see `later`. */
export function databaseState(path: string, latest: number): DatabaseState | null {
  if (!existsSync(path) || statSync(path).size === 0) return null;
  // What was written last is in the log beside it.
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  const bytes = statSync(path).size + log;
  const unknown = { bytes, schemaVersion: 0, knownVersion: SCHEMA_VERSION, contents: null };
  let database: Database | null = null;
  try {
    database = openUnchecked(path);
    const version = schemaVersion(database);
    const damage = damageOf(database);
    const isReadable = damage === null && version === SCHEMA_VERSION;
    const contents = isReadable ? contentsOf(database, latest) : null;
    return { ...unknown, damage, schemaVersion: version, contents };
  } catch (error) {
    return { ...unknown, damage: error instanceof Error ? error.message : String(error) };
  } finally {
    database?.close();
  }
}

function contentsOf(database: Database, latest: number): DatabaseContents {
  const one = <T>(sql: string, ...values: number[]): T =>
    database
      .prepare<number[], T>(sql)
      .pluck()
      .get(...values) as T;
  return {
    sessions: one('SELECT count(*) FROM sessions'),
    exchanges: one('SELECT count(*) FROM exchanges'),
    newestAt: one('SELECT max(started_at) FROM exchanges'),
    later: one('SELECT count(*) FROM exchanges WHERE started_at > ?', latest),
    indexDamage: indexDamage(database),
    unindexed: unindexedSessions(database),
  };
}
