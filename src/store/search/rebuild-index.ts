/**
 * Builds the full-text index anew from the stored exchanges, in short transactions, so that a server
 * that records meanwhile waits for none of them: what both index, they index once.
 */
import { type Database, openExisting } from '../database.ts';
import { EXCHANGE_ROWS, type ExchangeRow } from '../history/exchange-row.ts';
import { SegmentReader } from '../segments/segment-store.ts';
import { DeletionCount } from '../sqlite/deletions.ts';
import { ExchangeIndexer } from './exchange-indexer.ts';
import { clearIndex } from './text-index.ts';

/** A transaction's length: a few milliseconds of writing. */
const BATCH = 25;

/** What is wrong with the index: its structure, or an entry that it should have; null when it is sound. */
export function indexDamage(database: Database): string | null {
  try {
    const result = String(database.pragma(`integrity_check('texts')`, { simple: true }));
    if (result !== 'ok') return result;
    const missing = countOf(
      database,
      'SELECT count(*) FROM docs WHERE doc_key NOT IN (SELECT id FROM texts_docsize)',
    );
    return missing === 0 ? null : `${missing} texts are missing in it`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Sessions with answers of which the index has no text: it was begun anew at some time. */
export function unindexedSessions(database: Database): number {
  return countOf(
    database,
    `SELECT count(*) FROM sessions WHERE EXISTS (
       SELECT 1 FROM exchanges JOIN origins USING (origin_key)
       WHERE exchanges.session_key = sessions.session_key AND dialect IS NOT NULL
         AND auxiliary IS NULL AND parts_segment IS NOT NULL AND message_count > 0)
     AND NOT EXISTS (SELECT 1 FROM docs WHERE docs.session_key = sessions.session_key)`,
  );
}

function countOf(database: Database, sql: string): number {
  return database.prepare<[], number>(sql).pluck().get() ?? 0;
}

export interface RebuildResult {
  /** Exchanges whose texts are in the index now. */
  readonly indexed: number;
}

/**
 * Only when the index needs it; null when it is sound. `onProgress` is called now and then. Throws a
 * UserError when nothing was recorded yet.
 */
export function rebuildDamagedIndex(
  path: string,
  onProgress: (indexed: number) => void,
): RebuildResult | null {
  const database = openExisting(path);
  try {
    const isSound = indexDamage(database) === null && unindexedSessions(database) === 0;
    if (isSound) return null;
    clearIndex(database);
    return { indexed: indexAll(database, onProgress) };
  } finally {
    database.close();
  }
}

function indexAll(database: Database, onProgress: (indexed: number) => void): number {
  const indexer = new ExchangeIndexer(database);
  const segments = new SegmentReader(database);
  const deletions = new DeletionCount(database);
  const page = database.prepare<[{ after: number; limit: number }], ExchangeRow>(
    `${EXCHANGE_ROWS} WHERE exchange_key > @after AND outcome IS NOT NULL
     ORDER BY exchange_key LIMIT @limit`,
  );
  let indexed = 0;
  for (let after = 0; ; ) {
    const last = database
      .transaction(() => {
        if (deletions.hasChanged()) indexer.forget();
        const rows = page.all({ after, limit: BATCH });
        for (const row of rows) indexer.add(row, segments);
        indexed += rows.length;
        return rows.at(-1);
      })
      .immediate();
    if (last === undefined) return indexed;
    after = last.exchange_key;
    onProgress(indexed);
  }
}
