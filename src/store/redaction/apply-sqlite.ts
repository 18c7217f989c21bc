/**
 * Redacts what is already stored in SQLite: bodies, answers, headers, previews, titles, and the
 * full-text index, which is built again from what is left. Afterwards nothing of what was replaced is
 * in the file: unreferenced segments are deleted, the file and its log are rewritten. One transaction:
 * interrupted, nothing has changed.
 */
import { UserError } from '../../core/errors.ts';
import { addRedactions, NO_REDACTIONS, type Redactions } from '../../core/redactions.ts';
import { type Database, openDatabase, openReadOnly } from '../database.ts';
import { EXCHANGE_ROWS, type ExchangeRow } from '../history/exchange-row.ts';
import { clearIndex } from '../search/text-index.ts';
import { SegmentReader } from '../segments/segment-store.ts';
import { DeletionCount } from '../sqlite/deletions.ts';
import { closeDeadRuns } from '../sqlite/runs.ts';
import { collectSegments } from '../upkeep/collect-segments.ts';
import type { ExchangeRedaction } from './exchange-redaction.ts';
import { StoredRedaction } from './stored-exchange.ts';

export interface ApplyOptions {
  /** Epoch milliseconds; what began earlier is left alone. */
  readonly since: number;
  /** Only count. */
  readonly isDryRun: boolean;
}

export interface ApplyResult {
  readonly read: number;
  readonly changed: number;
  readonly redactions: Redactions;
}

const NO_RUN = 0;
const PAGE = 100;

/** Throws a UserError when nothing was recorded yet, or a server records at the moment. */
export function applyToDatabase(
  path: string,
  redaction: ExchangeRedaction,
  options: ApplyOptions,
): ApplyResult {
  openReadOnly(path).close();
  const { database } = openDatabase(path);
  try {
    refuseWhileRecording(database);
    // What is deleted is overwritten with zeros.
    database.pragma('secure_delete = ON');
    const result = database.transaction(() => redactAll(database, redaction, options)).immediate();
    if (!options.isDryRun && result.changed > 0) {
      database.exec('VACUUM');
      database.pragma('wal_checkpoint(TRUNCATE)');
    }
    return result;
  } finally {
    database.close();
  }
}

/** A recorder remembers keys of segments that would be gone. */
function refuseWhileRecording(database: Database): void {
  closeDeadRuns(database, NO_RUN, Date.now());
  const live = database
    .prepare<[], { pid: number }>('SELECT pid FROM runs WHERE closed_at IS NULL LIMIT 1')
    .get();
  if (live === undefined) return;
  throw new UserError(`a LunaRoute (process ${live.pid}) is recording into this database`, {
    hint: 'Stop it first: lunaroute stop. Start it again afterwards.',
  });
}

function redactAll(
  database: Database,
  redaction: ExchangeRedaction,
  options: ApplyOptions,
): ApplyResult {
  const stored = new StoredRedaction(database, redaction);
  let result: ApplyResult = { read: 0, changed: 0, redactions: NO_REDACTIONS };
  for (const row of rowsSince(database, options.since)) {
    const news = stored.look(row);
    const isChanged = Object.keys(news.redactions).length > 0;
    if (isChanged && !options.isDryRun) stored.write(row, news);
    result = {
      read: result.read + 1,
      changed: result.changed + Number(isChanged),
      redactions: addRedactions(result.redactions, news.redactions),
    };
  }
  if (result.changed === 0 || options.isDryRun) return result;
  stored.redactShared();
  clearIndex(database);
  const segments = new SegmentReader(database);
  for (const row of rowsSince(database, 0)) stored.finish(row, segments);
  const deletions = new DeletionCount(database);
  deletions.add();
  for (const _ of collectSegments(database, deletions));
  return result;
}

function* rowsSince(database: Database, since: number): Generator<ExchangeRow> {
  const page = database.prepare<[{ after: number; since: number; limit: number }], ExchangeRow>(
    `${EXCHANGE_ROWS} WHERE exchange_key > @after AND exchanges.started_at >= @since
     ORDER BY exchange_key LIMIT @limit`,
  );
  for (let after = 0; ; ) {
    const rows = page.all({ after, since, limit: PAGE });
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.exchange_key;
  }
}
