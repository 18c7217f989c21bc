/**
 * The store as an import sees it: what is there already, and a way in for what is not, through the
 * same redaction and the same sink as what is captured. May run beside a recording server: each batch
 * is one short transaction.
 */
import { uuidv7 } from '../../core/uuid.ts';
import type { Database } from '../database.ts';
import type { ExchangeRedaction } from '../redaction/exchange-redaction.ts';
import type { SinkItem } from '../sink.ts';
import { SqliteSink } from '../sqlite-sink.ts';

export interface ImportStoreOptions {
  readonly path: string;
  /** null: nothing is to be replaced. */
  readonly redaction: ExchangeRedaction | null;
  readonly onNotice: (notice: string) => void;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** What names an exchange that may have been captured. */
export interface Candidate {
  readonly id: string;
  readonly sessionId: string;
  readonly responseId: string | null;
  /** The provider gave it; otherwise only session and time tell that it was captured. */
  readonly hasOwnId: boolean;
  readonly endedAt: number;
}

export interface FileState {
  readonly path: string;
  readonly size: number;
  /** Epoch milliseconds, with fractions. */
  readonly modifiedAt: number;
}

/** A client writes an answer's last line as the answer ends, or a little later. */
const CLOCK_MS = 2_000;
const BATCH_ITEMS = 1_000;
const BATCH_BYTES = 4_000_000;
const REMEMBER = `INSERT INTO imported_files (path, size, modified_at) VALUES (?, ?, ?)
  ON CONFLICT (path) DO UPDATE SET size = excluded.size, modified_at = excluded.modified_at`;

export class ImportStore {
  readonly #options: ImportStoreOptions;
  readonly #sink: SqliteSink;
  readonly #find: Queries;
  #batch: SinkItem[] = [];
  #batchBytes = 0;
  /** Ids of the batch: exchanges', answers' and sessions'. */
  readonly #pending = new Set<string>();
  readonly #finished: FileState[] = [];

  /** Makes the database where there is none. Throws a UserError where it cannot be used. */
  constructor(options: ImportStoreOptions) {
    this.#options = options;
    const { path, onNotice, now } = options;
    this.#sink = new SqliteSink({
      path,
      instanceId: `import-${uuidv7(now())}`,
      onNotice,
      now,
      wait: 'patiently',
    });
    this.#sink.write([]);
    const { database } = this.#sink;
    if (database === null) throw new Error(`${path} was not opened`);
    this.#find = makeQueries(database);
  }

  /** The same size and time as when it was read to its end. */
  isUnchanged({ path, size, modifiedAt }: FileState): boolean {
    const known = this.#find.file.get(path);
    return known !== undefined && known.size === size && known.modified_at === modifiedAt;
  }

  /** It was imported before, or captured: then it is the same exchange, and stays as it was seen. */
  has({ id, sessionId, responseId, hasOwnId, endedAt }: Candidate): boolean {
    if (this.#pending.has(id) || this.#find.exchange.get(id) !== undefined) return true;
    if (responseId !== null) {
      if (this.#pending.has(responseId)) return true;
      if (this.#find.answer.get(responseId) !== undefined) return true;
    }
    if (hasOwnId) return false;
    const wanted = { session: sessionId, at: endedAt, slack: CLOCK_MS };
    return this.#find.captured.get(wanted) !== undefined;
  }

  /** Anything of it is there. */
  hasSession(sessionId: string): boolean {
    return this.#pending.has(sessionId) || this.#find.session.get(sessionId) !== undefined;
  }

  /** The items of one exchange; written with the batch. */
  add(items: readonly SinkItem[]): void {
    for (const item of items) {
      const safe = this.#safe(item);
      this.#batch.push(safe);
      this.#batchBytes += item.body.length;
      this.#pending.add(item.request.id);
      this.#pending.add(item.request.sessionId);
      if (item.kind === 'end' && item.end.responseId !== null) {
        this.#pending.add(item.end.responseId);
      }
    }
    if (this.#batch.length >= BATCH_ITEMS || this.#batchBytes >= BATCH_BYTES) this.flush();
  }

  /** Everything of it was added. */
  finish(file: FileState): void {
    this.#finished.push(file);
  }

  /** Writes everything that was added, and together with it which files need not be read again. */
  flush(): void {
    const [batch, finished] = [this.#batch, this.#finished.splice(0)];
    this.#batch = [];
    this.#batchBytes = 0;
    this.#pending.clear();
    if (batch.length === 0 && finished.length === 0) return;
    this.#sink.write(batch, (database) => {
      const remember = database.prepare<[string, number, number]>(REMEMBER);
      for (const { path, size, modifiedAt } of finished) remember.run(path, size, modifiedAt);
    });
  }

  close(): void {
    try {
      this.flush();
    } finally {
      this.#sink.close();
    }
  }

  #safe(item: SinkItem): SinkItem {
    const { redaction } = this.#options;
    if (redaction === null) return item;
    return item.kind === 'request' ? redaction.request(item) : redaction.end(item);
  }
}

type Queries = ReturnType<typeof makeQueries>;

function makeQueries(database: Database) {
  return {
    exchange: database.prepare<[string], { found: 1 }>(
      'SELECT 1 AS found FROM exchanges WHERE exchange_id = ?',
    ),
    session: database.prepare<[string], { found: 1 }>(
      'SELECT 1 AS found FROM sessions WHERE session_id = ?',
    ),
    answer: database.prepare<[string], { found: 1 }>(
      'SELECT 1 AS found FROM exchanges WHERE response_id = ? LIMIT 1',
    ),
    captured: database.prepare<[{ session: string; at: number; slack: number }], { found: 1 }>(
      `SELECT 1 AS found FROM exchanges
       WHERE session_key = (SELECT session_key FROM sessions WHERE session_id = @session)
         AND import_source IS NULL AND started_at <= @at AND ended_at >= @at - @slack LIMIT 1`,
    ),
    file: database.prepare<[string], { size: number; modified_at: number }>(
      'SELECT size, modified_at FROM imported_files WHERE path = ?',
    ),
  };
}
