/** The read side of the store on SQLite: its own read-only connection beside a live writer. */
import type {
  ExchangeDetail,
  ExchangePage,
  ExchangeSummary,
  History,
  SearchHit,
  SessionFilter,
  SessionSummary,
  Stats,
} from '../../core/ports.ts';
import { type Database, openReadOnly } from '../database.ts';
import { TextSearch } from '../search/text-search.ts';
import { SegmentReader } from '../segments/segment-store.ts';
import { ExchangeQueries } from './exchange-queries.ts';
import { SessionQueries } from './session-queries.ts';
import { type StatsFilter, StatsQueries } from './stats-queries.ts';

/** Throws a UserError when nothing was recorded at `path` yet, or when it cannot be read. */
export function openHistory(path: string): History {
  return new SqliteHistory(openReadOnly(path));
}

class SqliteHistory implements History {
  readonly #database: Database;
  readonly #sessions: SessionQueries;
  readonly #exchanges: ExchangeQueries;
  readonly #stats: StatsQueries;
  readonly #search: TextSearch;

  constructor(database: Database) {
    const segments = new SegmentReader(database);
    this.#database = database;
    this.#sessions = new SessionQueries(database);
    this.#exchanges = new ExchangeQueries(database, segments);
    this.#stats = new StatsQueries(database);
    this.#search = new TextSearch(database, segments);
  }

  sessions(filter: SessionFilter): SessionSummary[] {
    return this.#sessions.list(filter);
  }

  resolveSession(prefix: string, limit: number): string[] {
    return this.#sessions.resolve(prefix, limit);
  }

  session(sessionId: string): SessionSummary | null {
    return this.#sessions.one(sessionId);
  }

  exchanges(sessionId: string, page: ExchangePage): ExchangeSummary[] {
    return this.#exchanges.page(sessionId, page);
  }

  exchange(exchangeId: string): ExchangeDetail | null {
    return this.#exchanges.one(exchangeId);
  }

  rawBody(exchangeId: string, direction: 'request' | 'response'): Uint8Array | null {
    return this.#exchanges.rawBody(exchangeId, direction);
  }

  stats(filter: StatsFilter): Stats {
    return this.#stats.stats(filter);
  }

  search(query: string, options: { limit: number }): SearchHit[] {
    return this.#search.search(query, options.limit);
  }

  close(): void {
    this.#database.close();
  }
}
