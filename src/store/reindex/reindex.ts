/**
 * `lunaroute reindex`: what the current parsers read in the stored bytes takes the place of what
 * earlier ones did, in SQLite; sums follow. Goes through the history in short transactions, so that a
 * server that records meanwhile waits for none of them. JSONL stays as it was written.
 */
import type { Pricer } from '../../core/cost.ts';
import { readBody } from '../bodies.ts';
import { type Database, openDatabase, openReadOnly } from '../database.ts';
import {
  EXCHANGE_ROWS,
  type ExchangeRow,
  endOf,
  requestBodyOf,
  requestOf,
  responseBodyOf,
} from '../history/exchange-row.ts';
import { SegmentReader } from '../segments/segment-store.ts';
import { DeletionCount } from '../sqlite/deletions.ts';
import { unpackHeaders } from '../sqlite/headers.ts';
import { type Reread, reread, type StoredExchange } from './reread.ts';
import { ExchangeRewriter } from './rewriter.ts';

export interface ReindexResult {
  /** Exchanges that were read again. */
  readonly read: number;
  /** Of these, how many say something else now. */
  readonly changed: number;
  /** Exchanges without a known dialect, whose bytes were not kept, or that were imported. */
  readonly skipped: number;
}

export interface ReindexOptions {
  /** Epoch milliseconds; earlier exchanges are left alone. */
  readonly since: number;
  readonly price: Pricer;
  /** Called now and then. */
  readonly onProgress: (read: number) => void;
}

/** A transaction's length: a few milliseconds of writing. */
const BATCH = 25;
/** A server's writer holds its lock for less. */
const LOCK_WAIT_MS = 5000;

/** Throws a UserError when nothing was recorded yet. */
export async function reindex(path: string, options: ReindexOptions): Promise<ReindexResult> {
  openReadOnly(path).close();
  const { database } = openDatabase(path);
  database.pragma(`busy_timeout = ${LOCK_WAIT_MS}`);
  try {
    return await reindexAll(database, options);
  } finally {
    database.close();
  }
}

async function reindexAll(database: Database, options: ReindexOptions): Promise<ReindexResult> {
  const segments = new SegmentReader(database);
  const rewriter = new ExchangeRewriter(database);
  const deletions = new DeletionCount(database);
  const page = database.prepare<[{ after: number; since: number; limit: number }], ExchangeRow>(
    `${EXCHANGE_ROWS} WHERE exchange_key > @after AND exchanges.started_at >= @since AND outcome IS NOT NULL
     ORDER BY exchange_key LIMIT @limit`,
  );
  let result: ReindexResult = { read: 0, changed: 0, skipped: 0 };
  let after = 0;
  for (;;) {
    const rows = page.all({ after, since: options.since, limit: BATCH });
    const last = rows.at(-1);
    if (last === undefined) return result;
    const found: { row: ExchangeRow; news: Reread | null }[] = [];
    for (const row of rows) {
      const stored = storedExchange(row, segments);
      found.push({ row, news: stored === null ? null : await reread(stored, options.price) });
    }
    const changes = database
      .transaction(() => {
        if (deletions.hasChanged()) return null;
        const all = found.map(({ row, news }) => news !== null && rewriter.rewrite(row, news));
        // Rows name other segments now: a collection that has passed them must begin anew.
        if (all.some(Boolean)) deletions.add();
        return all;
      })
      .immediate();
    if (changes === null) {
      // Retention deleted something since these rows were read: they are read again.
      rewriter.forget();
      continue;
    }
    after = last.exchange_key;
    const read = found.filter(({ news }) => news !== null).length;
    result = {
      read: result.read + read,
      changed: result.changed + changes.filter(Boolean).length,
      skipped: result.skipped + rows.length - read,
    };
    options.onProgress(result.read);
  }
}

function storedExchange(row: ExchangeRow, segments: SegmentReader): StoredExchange | null {
  // The client's own records told the answer; no bytes of it are here to be read again.
  if (row.import_source !== null) return null;
  const end = endOf(row);
  if (end === null) return null;
  const headers = (packed: Uint8Array | null): string[] =>
    packed === null ? [] : unpackHeaders(packed, segments);
  const requestHeaders = headers(row.request_headers);
  return {
    request: requestOf(row, { requestHeaders, toolResults: [] }),
    end,
    responseHeaders: headers(row.response_headers),
    requestBytes: readBody(requestBodyOf(row), segments),
    responseBytes: row.response_bytes === null ? null : readBody(responseBodyOf(row), segments),
  };
}
