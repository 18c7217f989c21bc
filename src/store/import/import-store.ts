/**
 * The store as an import sees it: what is there already, and a way in for what is not, through the
 * same redaction and the same sink as what is captured, which writes in a thread of its own. May run
 * beside a recording server: each batch is one short transaction.
 */
import { uuidv7 } from '../../core/uuid.ts';
import { type Database, openDatabase } from '../database.ts';
import type { ExchangeRedaction } from '../redaction/exchange-redaction.ts';
import type { SinkItem } from '../sink.ts';
import { BatchWriter, type FileState } from './batch-writer.ts';

export interface ImportStoreOptions {
  readonly path: string;
  /** null: nothing is to be replaced. */
  readonly redaction: ExchangeRedaction | null;
  readonly onNotice: (notice: string) => void;
  /** The file of write-thread.ts, or what it was bundled to. */
  readonly writeThread: URL;
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

/** A client writes an answer's last line as the answer ends, or a little later. */
const CLOCK_MS = 2_000;
const BATCH_ITEMS = 1_000;
const BATCH_BYTES = 4_000_000;

/** Batches that may wait to be written: beyond that, reading waits. */
const MAX_SENT = 2;

/** A batch that is being written. */
interface Sent {
  readonly ids: ReadonlySet<string>;
  readonly done: Promise<void>;
}

export class ImportStore {
  readonly #options: ImportStoreOptions;
  /** Only reads; what writes is another thread's. */
  readonly #database: Database;
  readonly #find: Queries;
  readonly #writer: BatchWriter;
  #batch: SinkItem[] = [];
  #batchBytes = 0;
  /** Ids of the batch: exchanges', answers' and sessions'. */
  #pending = new Set<string>();
  #finished: FileState[] = [];
  /** Oldest first. */
  readonly #sent: Sent[] = [];

  /** Makes the database where there is none. Throws a UserError where it cannot be used. */
  constructor(options: ImportStoreOptions) {
    this.#options = options;
    const { path, onNotice, now } = options;
    const { database, notices } = openDatabase(path, now());
    notices.forEach(onNotice);
    this.#database = database;
    this.#find = makeQueries(database);
    const instanceId = `import-${uuidv7(now())}`;
    this.#writer = new BatchWriter(options.writeThread, { path, instanceId }, onNotice);
  }

  /** The same size and time as when it was read to its end. */
  isUnchanged({ path, size, modifiedAt }: FileState): boolean {
    const known = this.#find.file.get(path);
    return known !== undefined && known.size === size && known.modified_at === modifiedAt;
  }

  /** It was imported before, or captured: then it is the same exchange, and stays as it was seen. */
  has({ id, sessionId, responseId, hasOwnId, endedAt }: Candidate): boolean {
    if (this.#isPending(id) || this.#find.exchange.get(id) !== undefined) return true;
    if (responseId !== null) {
      if (this.#isPending(responseId)) return true;
      if (this.#find.answer.get(responseId) !== undefined) return true;
    }
    if (hasOwnId) return false;
    const wanted = { session: sessionId, at: endedAt, slack: CLOCK_MS };
    return this.#find.captured.get(wanted) !== undefined;
  }

  /** Anything of it is there. */
  hasSession(sessionId: string): boolean {
    return this.#isPending(sessionId) || this.#find.session.get(sessionId) !== undefined;
  }

  /** The items of one exchange; written with the batch. */
  add(items: readonly SinkItem[]): void {
    for (const item of items) {
      const safe = this.#safe(item);
      // Nothing of what is written needs the view again.
      this.#batch.push(safe.kind === 'request' ? { ...safe, view: null, cut: null } : safe);
      this.#batchBytes += item.body.length;
      this.#pending.add(item.request.id);
      this.#pending.add(item.request.sessionId);
      if (item.kind === 'end' && item.end.responseId !== null) {
        this.#pending.add(item.end.responseId);
      }
    }
    if (this.#batch.length >= BATCH_ITEMS || this.#batchBytes >= BATCH_BYTES) this.#send();
  }

  /** Everything of it was added. */
  finish(file: FileState): void {
    this.#finished.push(file);
  }

  /** Resolves when more may be added. Rejects with what kept earlier batches from being written. */
  async room(): Promise<void> {
    while (this.#sent.length > MAX_SENT) await this.#sent[0]?.done;
  }

  /** Resolves when everything is written. */
  async flush(): Promise<void> {
    this.#send();
    await Promise.all(this.#sent.map(({ done }) => done));
  }

  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.#writer.close();
      this.#database.close();
    }
  }

  #send(): void {
    if (this.#batch.length === 0 && this.#finished.length === 0) return;
    const done = this.#writer.write({ items: this.#batch, finished: this.#finished });
    const sent: Sent = { ids: this.#pending, done };
    this.#sent.push(sent);
    // One that failed stays, for room() and flush() to tell.
    done.then(
      () => this.#sent.splice(this.#sent.indexOf(sent), 1),
      () => undefined,
    );
    this.#batch = [];
    this.#batchBytes = 0;
    this.#pending = new Set();
    this.#finished = [];
  }

  #isPending(id: string): boolean {
    return this.#pending.has(id) || this.#sent.some(({ ids }) => ids.has(id));
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
