// The read side of a test home's store.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { History } from '../../src/core/ports.ts';
import { openHistory } from '../../src/store/history/sqlite-history.ts';

export function databasePath(home: string): string {
  return join(home, '.lunaroute/sessions.db');
}

export function openStore(home: string): History {
  return openHistory(databasePath(home));
}

/** All exchange ids, oldest first, straight from the table; none before the database is made. */
export function exchangeIds(home: string): string[] {
  if (!existsSync(databasePath(home))) return [];
  const database = new Database(databasePath(home), { readonly: true });
  try {
    if (database.pragma('user_version', { simple: true }) === 0) return [];
    const rows: unknown[] = database
      .prepare('SELECT exchange_id FROM exchanges ORDER BY exchange_key')
      .pluck()
      .all();
    return rows.map(String);
  } finally {
    database.close();
  }
}
