// The read side of a test home's store.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { UserError } from '../../src/core/errors.ts';
import type { History } from '../../src/core/ports.ts';
import { openHistory } from '../../src/store/history/sqlite-history.ts';

export function databasePath(home: string): string {
  return join(home, '.lunaroute/sessions.db');
}

/** Waits for the recorder to have made the database: the proxy serves before that. */
export function openStore(home: string): History {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      return openHistory(databasePath(home));
    } catch (error) {
      const isEarly = error instanceof UserError && Date.now() < deadline;
      if (!isEarly) throw error;
      Atomics.wait(SLEEPER, 0, 0, 20);
    }
  }
}

const SLEEPER = new Int32Array(new SharedArrayBuffer(4));

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
