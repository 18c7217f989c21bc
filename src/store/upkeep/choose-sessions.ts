/**
 * Which sessions go: those that rested longer than the limit, and the oldest beyond the size. Pinned
 * sessions, and those in which something runs, stay. Reads only.
 */
import { OTHER_SESSION } from '../../core/exchange.ts';
import type { PrunedSession } from '../../core/retention.ts';
import type { Database } from '../database.ts';
import { fileUse } from './give-back.ts';
import { Reachability, ROOT_COLUMNS, type RootRow } from './reachability.ts';

export interface Chosen extends PrunedSession {
  readonly key: number;
}

interface SessionRow {
  readonly session_key: number;
  readonly session_id: string;
  readonly title: string | null;
  readonly last_activity_at: number;
  readonly is_kept: number;
}

/** Kept sessions first, then the newest. */
const SESSIONS = `
  SELECT session_key, session_id, title, last_activity_at,
    (is_pinned OR EXISTS (
      SELECT 1 FROM exchanges
      WHERE exchanges.session_key = sessions.session_key AND outcome IS NULL)) AS is_kept
  FROM sessions WHERE session_id <> '${OTHER_SESSION}'`;
/** Shrinking somewhat below the limit makes the next time rarer. */
const TARGET_SHARE = 0.97;
/** What an exchange costs beside its segments: its row, indexes, tool calls. */
const ROW_BYTES = 700;

/** Sessions without activity since `before` (epoch milliseconds), oldest first. */
export function restingSessions(database: Database, before: number): Chosen[] {
  return database
    .prepare<[number], SessionRow>(
      `SELECT * FROM (${SESSIONS} AND last_activity_at < ?) WHERE NOT is_kept
       ORDER BY last_activity_at, session_key`,
    )
    .all(before)
    .map(chosenOf);
}

/**
 * The oldest sessions without which the database would have about `maxBytes`. What sessions share
 * counts for the newest. Yields between steps of a few milliseconds.
 */
export function* oldestBeyond(database: Database, maxBytes: number): Generator<void, Chosen[]> {
  const { used } = fileUse(database);
  if (used <= maxBytes) return [];
  const sessions = database
    .prepare<[], SessionRow>(
      `${SESSIONS} ORDER BY is_kept DESC, last_activity_at DESC, session_key DESC`,
    )
    .all();
  const reachability = new Reachability(database);
  const roots = database.prepare<[number], RootRow>(
    `SELECT ${ROOT_COLUMNS} FROM exchanges WHERE session_key = ?`,
  );
  const sizes: number[] = [];
  for (const { session_key } of sessions) {
    let bytes = 0;
    let seen = 0;
    for (const row of roots.all(session_key)) {
      bytes += reachability.addExchange(row) + ROW_BYTES;
      seen += 1;
      if (seen % EXCHANGES_PER_STEP === 0) yield;
    }
    sizes.push(bytes);
    yield;
  }
  return beyondShare(sessions, sizes, (maxBytes * TARGET_SHARE) / used);
}

const EXCHANGES_PER_STEP = 100;

/** The sessions behind the first `share` of all sizes: index and tables shrink with the segments. */
function beyondShare(
  sessions: readonly SessionRow[],
  sizes: readonly number[],
  share: number,
): Chosen[] {
  const budget = sizes.reduce((sum, size) => sum + size, 0) * share;
  let kept = 0;
  const gone = sessions.filter((session, index) => {
    kept += sizes[index] ?? 0;
    return kept > budget && session.is_kept === 0;
  });
  return gone.map(chosenOf).reverse();
}

function chosenOf(row: SessionRow): Chosen {
  return {
    key: row.session_key,
    sessionId: row.session_id,
    title: row.title,
    lastActivityAt: row.last_activity_at,
  };
}
