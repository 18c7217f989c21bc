/**
 * Whether SQLite and JSONL tell of the same exchanges. Compared are sessions that both have on a day:
 * what retention, or a person, has taken from one of them as a whole is no disagreement. What began
 * moments ago may stand in one and not yet in the other, so it is left out; what was imported from
 * other programs stands in SQLite only.
 */
import { openReadOnly } from '../database.ts';
import { type DamagedLine, type JsonlDay, jsonlDays } from './jsonl-lines.ts';

export interface Disagreement {
  readonly sessionId: string;
  readonly exchangeIds: readonly string[];
}

export interface Comparison {
  readonly days: number;
  readonly files: number;
  /** Exchanges that both have. */
  readonly agreed: number;
  readonly missingInJsonl: readonly Disagreement[];
  readonly missingInSqlite: readonly Disagreement[];
  readonly torn: readonly string[];
  readonly damaged: readonly DamagedLine[];
}

/** A batch is written within 100 ms; a store that is held up may be some seconds behind. */
const SETTLED_MS = 10_000;
const MAX_DAYS = 30;

export interface CompareOptions {
  /** null: only the files are looked at. */
  readonly sqlitePath: string | null;
  readonly jsonlDirectory: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Goes through the newest 30 days that have files. */
export function compareRecords(options: CompareOptions): Comparison {
  const before = options.now - SETTLED_MS;
  const read = options.sqlitePath === null ? null : exchangeReader(options.sqlitePath, before);
  const differences: DayDifference[] = [];
  const all = { days: 0, files: 0, torn: [] as string[], damaged: [] as DamagedLine[] };
  try {
    for (const day of jsonlDays(options.jsonlDirectory, MAX_DAYS)) {
      all.days += 1;
      all.files += day.files;
      all.torn.push(...day.torn);
      all.damaged.push(...day.damaged);
      if (read !== null) differences.push(...compareDay(day, read.exchangesOf(day.date), before));
    }
  } finally {
    read?.close();
  }
  const pick = (side: 'missingInJsonl' | 'missingInSqlite'): Disagreement[] =>
    differences
      .map(({ sessionId, ...ids }) => ({ sessionId, exchangeIds: ids[side] }))
      .filter(({ exchangeIds }) => exchangeIds.length > 0);
  return {
    ...all,
    agreed: differences.reduce((sum, { agreed }) => sum + agreed, 0),
    missingInJsonl: pick('missingInJsonl'),
    missingInSqlite: pick('missingInSqlite'),
  };
}

interface DayDifference {
  readonly sessionId: string;
  readonly agreed: number;
  readonly missingInJsonl: readonly string[];
  readonly missingInSqlite: readonly string[];
}

function compareDay(
  day: JsonlDay,
  stored: ReadonlyMap<string, ReadonlySet<string>>,
  before: number,
): DayDifference[] {
  return [...day.requests].flatMap(([sessionId, written]) => {
    const rows = stored.get(sessionId);
    if (rows === undefined) return [];
    const missingInJsonl = [...rows].filter((id) => !written.has(id));
    const missingInSqlite = [...written].filter((id) => !rows.has(id) && startOf(id) < before);
    return [
      { sessionId, agreed: rows.size - missingInJsonl.length, missingInJsonl, missingInSqlite },
    ];
  });
}

/** The first 48 bits of a UUIDv7: epoch milliseconds; Infinity for another kind of id. */
function startOf(id: string): number {
  const hex = /^([0-9a-f]{8})-([0-9a-f]{4})-7/.exec(id);
  return hex === null ? Number.POSITIVE_INFINITY : Number.parseInt(`${hex[1]}${hex[2]}`, 16);
}

function exchangeReader(path: string, before: number) {
  const database = openReadOnly(path);
  const rows = database.prepare<
    [{ from: number; to: number }],
    { session_id: string; exchange_id: string }
  >(
    `SELECT session_id, exchange_id FROM exchanges JOIN sessions USING (session_key)
     WHERE exchanges.started_at >= @from AND exchanges.started_at < @to AND import_source IS NULL`,
  );
  return {
    exchangesOf: (date: string): Map<string, Set<string>> => {
      const sessions = new Map<string, Set<string>>();
      const to = Math.min(dayStart(date, 1), before);
      for (const row of rows.iterate({ from: dayStart(date, 0), to })) {
        const ids = sessions.get(row.session_id) ?? new Set();
        sessions.set(row.session_id, ids.add(row.exchange_id));
      }
      return sessions;
    },
    close: () => database.close(),
  };
}

/** Local midnight of the day, or of one that follows. */
function dayStart(date: string, after: number): number {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  return new Date(year, month - 1, day + after).getTime();
}
