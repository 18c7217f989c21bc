/** The read side of the store on SQLite: its own read-only connection beside a live writer. */
import type { CacheStep } from '../../core/cache-explain.ts';
import type {
  Activity,
  Direction,
  ExchangeDetail,
  ExchangeLine,
  ExchangePage,
  ExchangeSummary,
  History,
  LatencyStats,
  SearchHit,
  SearchOptions,
  SessionFilter,
  SessionSummary,
  Stats,
  StatsGroup,
  StatsRow,
  TimelineFilter,
  ToolSize,
} from '../../core/ports.ts';
import type { AccountLimits } from '../../core/rate-limits.ts';
import { type Database, openReadOnly } from '../database.ts';
import { TextSearch } from '../search/text-search.ts';
import { WordReader } from '../search/words.ts';
import { SegmentReader } from '../segments/segment-store.ts';
import { ActivityQueries } from './activity-queries.ts';
import { ClosedDays } from './closed-days.ts';
import { ExchangeQueries } from './exchange-queries.ts';
import { LatencyQueries } from './latency-queries.ts';
import { LimitQueries } from './limit-queries.ts';
import { PromptQueries } from './prompt-queries.ts';
import { SessionQueries } from './session-queries.ts';
import { type StatsFilter, StatsQueries } from './stats-queries.ts';
import { TimelineQueries } from './timeline-queries.ts';
import { ToolSizeQueries } from './tool-size-queries.ts';

/** Throws a UserError when nothing was recorded at `path` yet, or when it cannot be read. */
export function openHistory(path: string): History {
  return new SqliteHistory(openReadOnly(path));
}

class SqliteHistory implements History {
  readonly #database: Database;
  readonly #sessions: SessionQueries;
  readonly #exchanges: ExchangeQueries;
  readonly #days: ClosedDays;
  readonly #stats: StatsQueries;
  readonly #latency: LatencyQueries;
  readonly #prompts: PromptQueries;
  readonly #limits: LimitQueries;
  readonly #search: TextSearch;
  readonly #timeline: TimelineQueries;
  readonly #activity: ActivityQueries;
  readonly #toolSizes: ToolSizeQueries;
  readonly #words: WordReader;

  constructor(database: Database) {
    const segments = new SegmentReader(database);
    this.#database = database;
    this.#sessions = new SessionQueries(database);
    this.#exchanges = new ExchangeQueries(database, segments);
    this.#days = new ClosedDays(database);
    this.#stats = new StatsQueries(database, this.#days);
    this.#latency = new LatencyQueries(database);
    this.#prompts = new PromptQueries(database, segments);
    this.#limits = new LimitQueries(database);
    this.#words = new WordReader(database);
    this.#search = new TextSearch(database, segments, this.#words);
    this.#timeline = new TimelineQueries(database);
    this.#activity = new ActivityQueries(database, this.#days);
    this.#toolSizes = new ToolSizeQueries(database, segments);
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
    return this.#atOnce(() => this.#exchanges.page(sessionId, page));
  }

  exchange(exchangeId: string): ExchangeDetail | null {
    return this.#atOnce(() => this.#exchanges.one(exchangeId));
  }

  rawBody(exchangeId: string, direction: Direction): Uint8Array | null {
    return this.#atOnce(() => this.#exchanges.rawBody(exchangeId, direction));
  }

  decodedBody(exchangeId: string, direction: Direction): Uint8Array | null {
    return this.#atOnce(() => this.#exchanges.decodedBody(exchangeId, direction));
  }

  stats(filter: StatsFilter): Stats {
    return this.#atOnce(() => this.#stats.stats(filter));
  }

  statsBy(by: StatsGroup, filter: { since?: number; limit: number }): StatsRow[] {
    return this.#atOnce(() => this.#stats.statsBy(by, filter));
  }

  *rollUp(since: number): Generator<void, void> {
    const steps = this.#days.roll(since, Date.now());
    while (this.#atOnce(() => steps.next().done !== true)) yield;
  }

  latency(filter: StatsFilter): LatencyStats {
    return this.#latency.latency(filter);
  }

  cacheSteps(sessionId: string, limit: number): CacheStep[] {
    return this.#atOnce(() => this.#prompts.cacheSteps(sessionId, limit));
  }

  limits(): AccountLimits[] {
    return this.#limits.all();
  }

  search(query: string, options: SearchOptions): SearchHit[] {
    return this.#atOnce(() => this.#search.search(query, options));
  }

  timeline(filter: TimelineFilter): ExchangeLine[] {
    return this.#atOnce(() => this.#timeline.list(filter));
  }

  activity(from: number, to: number): Activity {
    return this.#atOnce(() => this.#activity.between(from, to));
  }

  toolSizes(sessionId: string): ToolSize[] {
    return this.#atOnce(() => this.#toolSizes.of(sessionId));
  }

  words(prefix: string, limit: number): string[] {
    return this.#words.beginning(prefix, limit);
  }

  close(): void {
    this.#database.close();
  }

  /** In one snapshot: between a row and the segments it names, upkeep may delete both. */
  #atOnce<T>(read: () => T): T {
    return this.#database.transaction(read)();
  }
}
