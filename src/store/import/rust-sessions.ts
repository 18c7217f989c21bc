/** The database of the Rust original: its `sessions`, a row a session. Read only, whatever its version. */
import { openUnchecked } from '../database.ts';

/** Throws SQLite's error when it is no database of that kind. */
export function* rustSessions(path: string): Generator<object, void> {
  const database = openUnchecked(path);
  try {
    const rows = database.prepare<[], object>('SELECT * FROM sessions ORDER BY started_at');
    for (const row of rows.iterate()) yield row;
  } finally {
    database.close();
  }
}
