/**
 * Writes the recorder's items to SQLite: one transaction a batch, every item at most once in effect.
 * Opens the database with the first write, so that a locked or unwritable file is a failed write like
 * any other: the recorder keeps the batch and tries again. Never reads a clock but the one it is given.
 */
import type { ExchangeRequest } from '../core/exchange.ts';
import {
  type Database,
  isDamage,
  isIndexDamage,
  type LockWait,
  openDatabase,
  writePatiently,
} from './database.ts';
import { clearIndex, TextIndex } from './search/text-index.ts';
import { SegmentStore, type StoredBody, type StoredLayout } from './segments/segment-store.ts';
import type { Sink, SinkItem } from './sink.ts';
import { DeletionCount } from './sqlite/deletions.ts';
import { ExchangeRows, type KnownExchange } from './sqlite/exchange-rows.ts';
import { HeaderWriter } from './sqlite/headers.ts';
import { endOrphans, interrupted } from './sqlite/interrupted.ts';
import { partsToJson } from './sqlite/parts.ts';
import { RateLimitRows } from './sqlite/rate-limit-rows.ts';
import { closeRun, startRun } from './sqlite/runs.ts';
import { SessionRows } from './sqlite/session-rows.ts';
import { type Countable, subtractSums, sumsOf } from './sqlite/sums.ts';
import { ToolCallRows } from './sqlite/tool-calls.ts';

export interface SqliteSinkOptions {
  readonly path: string;
  /** Names this process's run. */
  readonly instanceId: string;
  /** Told in one sentence what the user should know: a damaged file was set aside. */
  readonly onNotice: (notice: string) => void;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** While another process writes; briefly when left out. */
  readonly wait?: LockWait;
}

type RequestItem = Extract<SinkItem, { kind: 'request' }>;
type EndItem = Extract<SinkItem, { kind: 'end' }>;

/** What lives as long as one open connection. */
interface Writers {
  readonly database: Database;
  readonly run: number;
  readonly deletions: DeletionCount;
  readonly segments: SegmentStore;
  readonly headers: HeaderWriter;
  readonly sessions: SessionRows;
  readonly exchanges: ExchangeRows;
  readonly toolCalls: ToolCallRows;
  readonly rateLimits: RateLimitRows;
  readonly index: TextIndex;
}

export class SqliteSink implements Sink {
  readonly #options: SqliteSinkOptions;
  readonly #now: () => number;
  #open: Writers | null = null;

  constructor(options: SqliteSinkOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /**
   * Writes all items or none. An empty list only opens the database. Throws SQLite's error (busy,
   * full, read-only …), or a UserError when a newer LunaRoute wrote the file.
   * @param beside what else belongs into the transaction
   */
  write(items: readonly SinkItem[], beside?: (database: Database) => void): void {
    this.#open ??= this.#start();
    const writers = this.#open;
    try {
      writers.database
        .transaction(() => {
          // Remembered keys may name what upkeep, or another process, has deleted.
          if (writers.deletions.hasChanged()) forget(writers);
          for (const item of items) writeItem(writers, item);
          writers.index.write();
          beside?.(writers.database);
        })
        .immediate();
    } catch (error) {
      forget(writers);
      if (isIndexDamage(error, writers.database)) this.#renewIndex(writers.database);
      // Opening anew checks the file and sets a damaged one aside.
      if (isDamage(error)) this.#abandon(writers);
      throw error;
    }
  }

  /** The session of a Responses API answer, for requests that name only what they continue. */
  findSessionByResponseId(responseId: string): string | null {
    const row = this.#open?.database
      .prepare<[string], { session_id: string }>(
        `SELECT session_id FROM exchanges JOIN sessions USING (session_key)
         WHERE response_id = ? ORDER BY exchange_key DESC LIMIT 1`,
      )
      .get(responseId);
    return row?.session_id ?? null;
  }

  close(): void {
    const writers = this.#open;
    if (writers === null) return;
    this.#open = null;
    try {
      closeRun(writers.database, writers.run, this.#now());
    } finally {
      writers.database.close();
    }
  }

  #start(): Writers {
    const { database, notices } = openDatabase(this.#options.path, this.#now());
    if (this.#options.wait === 'patiently') writePatiently(database);
    try {
      const writers = database
        .transaction(() => makeWriters(database, this.#options.instanceId, this.#now()))
        .immediate();
      notices.forEach(this.#options.onNotice);
      return writers;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  #renewIndex(database: Database): void {
    clearIndex(database);
    this.#options.onNotice(
      `The full-text index in ${this.#options.path} was damaged and begun anew: ` +
        'search finds only what is recorded from now on. Everything else is untouched.',
    );
  }

  #abandon(writers: Writers): void {
    this.#open = null;
    writers.database.close();
  }
}

function makeWriters(database: Database, instanceId: string, now: number): Writers {
  const run = startRun(database, instanceId, now);
  const sessions = new SessionRows(database);
  endOrphans(database, sessions, { run, at: now });
  const segments = new SegmentStore(database);
  return {
    database,
    run,
    deletions: new DeletionCount(database),
    segments,
    sessions,
    headers: new HeaderWriter(segments),
    exchanges: new ExchangeRows(database),
    toolCalls: new ToolCallRows(database),
    rateLimits: new RateLimitRows(database),
    index: new TextIndex(database, segments),
  };
}

function forget(writers: Writers): void {
  writers.segments.forget();
  writers.headers.forget();
  writers.exchanges.forget();
  writers.toolCalls.forget();
  writers.index.forget();
}

function writeItem(writers: Writers, item: SinkItem): void {
  if (item.kind === 'request') writeRequest(writers, item);
  else writeEnd(writers, item);
}

function writeRequest(writers: Writers, item: RequestItem): void {
  const { request } = item;
  if (writers.exchanges.find(request.id) !== undefined) return;
  const stored = item.body.length === 0 ? null : putBody(writers.segments, item);
  const keys = openRow(writers, request, stored?.segment ?? null);
  writers.toolCalls.answered(keys, request);
  if (stored !== null) indexRequest(writers, keys, { item, layout: stored.layout });
}

function putBody(segments: SegmentStore, { body, decoded, cut, request }: RequestItem): StoredBody {
  const { truncated, redacted, bytes, sha256 } = request.requestBody;
  const isWire = !truncated && redacted !== true && bytes === body.length;
  return segments.putBody(body, {
    layout: decoded === body ? cut : null,
    sha256: isWire ? sha256 : null,
  });
}

interface Keys {
  readonly exchange: number;
  readonly session: number;
}

function openRow(writers: Writers, request: ExchangeRequest, segment: number | null): Keys {
  const session = writers.sessions.begin(request);
  const exchange = writers.exchanges.open(request, {
    session,
    run: writers.run,
    segment,
    headers: writers.headers.pack(request.requestHeaders, familyOf(request, 'request')),
  });
  return { exchange, session };
}

/** A client's helper calls repeat what the conversation says: only the conversation is searched. */
function indexRequest(
  writers: Writers,
  keys: Keys,
  { item, layout }: { item: RequestItem; layout: StoredLayout },
): void {
  const { dialect, auxiliary } = item.request;
  if (dialect === null || auxiliary !== null || item.decoded === null) return;
  const isPlain = item.decoded === item.body;
  writers.index.addRequest(keys, {
    dialect,
    body: item.decoded,
    layout: isPlain ? layout : writers.segments.putLayout(item.decoded, item.cut),
  });
}

function writeEnd(writers: Writers, item: EndItem): void {
  const { request, end } = item;
  const known = writers.exchanges.find(end.id) ?? openUnknown(writers, request);
  if (known.outcome !== null && known.outcome !== 'interrupted') return;
  const keys = { exchange: known.exchange_key, session: known.session_key };
  const said = end.parts.length === 0 ? null : partsToJson(end.parts);
  const parts = said === null ? null : writers.segments.putJson(said);
  const source = said === null || parts === null ? undefined : { key: parts, content: said };
  const sums = sumsOf(countable(item));
  writers.exchanges.end(end, {
    exchange: keys.exchange,
    segment:
      item.body.length === 0 ? null : writers.segments.putBody(item.body, { source }).segment,
    parts,
    headers: writers.headers.pack(end.responseHeaders, familyOf(request, 'response')),
    isUsageUnknown: sums.unknown_usage_count,
  });
  writers.toolCalls.asked(keys, end);
  if (end.rateLimits !== null) writers.rateLimits.put(end.rateLimits);
  const isTurn = request.auxiliary === null;
  writers.sessions.add(
    { session: keys.session, at: end.endedAt, model: isTurn ? end.modelUsed : null },
    known.outcome === null ? sums : subtractSums(sums, sumsOf(interruptedItem(request))),
  );
  if (parts !== null && isTurn) writers.index.addAnswer(keys, end.parts, parts);
}

function countable({ request, end }: EndItem): Countable {
  return {
    ...end,
    auxiliary: request.auxiliary,
    hasDialect: request.dialect !== null,
    toolCalls: end.toolCalls.length,
  };
}

function interruptedItem(request: ExchangeRequest): Countable {
  return interrupted(request.auxiliary, request.dialect !== null);
}

/** The request's own item was lost (the recorder's queue overflowed): its row, without the body. */
function openUnknown(writers: Writers, request: ExchangeRequest): KnownExchange {
  const { exchange, session } = openRow(writers, request, null);
  return { exchange_key: exchange, session_key: session, outcome: null };
}

function familyOf(request: ExchangeRequest, direction: string): string {
  return `${direction} ${request.client} ${request.provider} ${request.method} ${request.transport}`;
}
