/**
 * The read side of the store, as commands and screens know it. One implementation per database;
 * nothing outside src/store knows SQL. All lists are bounded by their `limit`.
 */
import type { CacheStep } from './cache-explain.ts';
import type { Message, Part } from './conversation.ts';
import type { Cost, CostSum } from './cost.ts';
import type { ClientName, ExchangeEnd, ExchangeRequest, Outcome } from './exchange.ts';
import type { AccountLimits } from './rate-limits.ts';
import type { Usage } from './usage.ts';

/** Columns that a list of sessions can be sorted by; the largest or newest first. */
export type SessionOrder =
  | 'activity'
  | 'started'
  | 'client'
  | 'requests'
  | 'input'
  | 'output'
  | 'cache'
  | 'cost'
  | 'tools'
  | 'errors';

export interface SessionFilter {
  readonly limit: number;
  /** Only what stands behind this place in the order of `orderBy`. */
  readonly after?: SessionPlace | undefined;
  readonly orderBy?: SessionOrder | undefined;
  /** Epoch milliseconds; sessions active at or after. */
  readonly since?: number | undefined;
  /** Substring of the first prompt, the project's folder or the id. */
  readonly text?: string | undefined;
  /** Substring of a model name. */
  readonly model?: string | undefined;
  readonly client?: string | undefined;
  readonly provider?: string | undefined;
}

/** A place in a list of sessions: what it is sorted by (see sessionPlace()), and the id among equals. */
export interface SessionPlace {
  readonly value: number | string;
  readonly sessionId: string;
}

export interface SessionSummary {
  readonly sessionId: string;
  readonly startedAt: number;
  readonly lastActivityAt: number;
  readonly client: ClientName;
  readonly provider: string;
  readonly modelUsed: string | null;
  /** First words of the first human prompt. */
  readonly title: string | null;
  readonly requests: number;
  readonly errors: number;
  /** Sum over the exchanges that have usage; null when none has. */
  readonly usage: Usage | null;
  /** Exchanges whose usage the provider did not send. */
  readonly unknownUsage: number;
  readonly cost: CostSum;
  readonly project: string | null;
  readonly toolCalls: number;
  /** Retention leaves it alone. */
  readonly isPinned: boolean;
}

export interface ToolCallView {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
  /** Response end to the request that carried the result; null while none came. */
  readonly durationMs: number | null;
  readonly isError: boolean | null;
  readonly resultBytes: number | null;
}

export interface ExchangePage {
  readonly limit: number;
  readonly offset: number;
  /** Without the client's helper calls (titles, warm-ups, token counts, probes). */
  readonly isWithoutAuxiliary?: boolean;
}

/** A row of a session's timeline. */
export interface ExchangeSummary extends ExchangeRequest {
  /** null while it runs. */
  readonly end: Omit<ExchangeEnd, 'parts' | 'toolCalls' | 'responseHeaders' | 'rateLimits'> | null;
  readonly toolCalls: readonly ToolCallView[];
  /** First words of the answer. */
  readonly answerPreview: string | null;
}

/** An exchange as a list shows it: no bodies, no headers, cheap to read by the thousand. */
export interface ExchangeLine {
  readonly id: string;
  readonly sessionId: string;
  readonly startedAt: number;
  readonly client: ClientName;
  readonly auxiliary: ExchangeRequest['auxiliary'];
  readonly method: string;
  readonly target: string;
  /** The model that answered, else the one that was asked for. */
  readonly model: string | null;
  readonly promptPreview: string | null;
  readonly status: number | null;
  /** null while it runs. */
  readonly outcome: Outcome | null;
  readonly errorCode: string | null;
  readonly usage: Usage | null;
  readonly cost: Cost | null;
  readonly firstTokenMs: number | null;
  readonly durationMs: number | null;
  readonly toolNames: readonly string[];
}

/** A place in the order of time: the start of an exchange, its id where several started at once. */
export type ExchangePlace = Pick<ExchangeLine, 'startedAt' | 'id'>;

export interface TimelineFilter {
  readonly limit: number;
  readonly sessionId?: string;
  /** Only exchanges older than this one. */
  readonly before?: ExchangePlace;
  /** Only exchanges newer than this one, and the oldest first; not together with `before`. */
  readonly after?: ExchangePlace;
}

/** What happened in a span of time; spans add up. */
export interface Activity {
  readonly from: number;
  readonly requests: number;
  readonly failed: number;
  readonly usage: Usage | null;
  readonly cost: CostSum;
  readonly models: readonly {
    readonly model: string | null;
    readonly requests: number;
    readonly failed: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly cost: CostSum;
  }[];
  readonly errors: readonly { readonly code: string; readonly count: number }[];
  readonly tools: readonly Pick<ToolStats, 'name' | 'calls' | 'failures' | 'timed' | 'totalMs'>[];
  /** Exchanges by total duration; see core/histogram.ts for what the bucket numbers mean. */
  readonly latency: readonly { readonly bucket: number; readonly count: number }[];
}

/** Bytes that a session's tool sent and received, and that its definition takes in each request. */
export interface ToolSize {
  readonly name: string;
  readonly argumentBytes: number;
  readonly resultBytes: number;
  /** null when the newest request with tools does not define it. */
  readonly definitionBytes: number | null;
  /** Estimated: the bytes' share of the request whose tokens the provider counted; null without a count. */
  readonly definitionTokens: number | null;
  /** Estimated in the same way. */
  readonly resultTokens: number | null;
}

/** An exchange with its whole conversation and raw bytes. */
export interface ExchangeDetail extends ExchangeSummary {
  readonly messages: readonly Message[];
  readonly answer: readonly Part[];
  readonly responseHeaders: readonly string[];
}

export interface ToolStats {
  readonly name: string;
  readonly calls: number;
  readonly failures: number;
  /** Calls whose result has come back, so that they have a duration. */
  readonly timed: number;
  readonly totalMs: number;
  readonly maxMs: number | null;
  /** UTF-8 bytes of the arguments asked with, and of the results sent back. */
  readonly argumentBytes: number;
  readonly resultBytes: number;
}

export interface Stats {
  readonly sessionId: string | null;
  readonly sessions: number;
  readonly requests: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly usage: Usage | null;
  readonly unknownUsage: number;
  readonly cost: CostSum;
  readonly tools: readonly ToolStats[];
  /** Sums over the exchanges where it was measured, and how many those are. */
  readonly timed: number;
  readonly totalMs: number;
  readonly overheadMs: number;
}

/** Median, 95th percentile and maximum of what was measured. */
export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** Milliseconds, except tokensPerSecond; null where nothing was measured. See Latency. */
export interface LatencyStats {
  readonly upload: Spread | null;
  readonly queue: Spread | null;
  readonly connect: Spread | null;
  readonly firstByte: Spread | null;
  readonly firstToken: Spread | null;
  readonly tokensPerSecond: Spread | null;
  /** Each answer's own percentiles of the time between two pieces. */
  readonly gapP50: Spread | null;
  readonly gapP95: Spread | null;
  readonly gapP99: Spread | null;
  readonly overhead: Spread | null;
  readonly total: Spread | null;
}

/** Sums of one group of exchanges. */
export interface StatsRow {
  readonly key: string;
  /** Without tools: those are grouped by their own name. */
  readonly stats: Stats;
}

export type StatsGroup = 'session' | 'model' | 'day' | 'client' | 'project';

export interface SearchHit {
  readonly sessionId: string;
  readonly exchangeId: string;
  readonly at: number;
  readonly client: ClientName;
  readonly model: string | null;
  readonly project: string | null;
  /** Takes the session up again in its client; null where the client has no such command. */
  readonly resume: string | null;
  readonly kind: 'prompt' | 'answer' | 'thinking' | 'tool-call' | 'tool-result' | 'system';
  /** Text around the match; `marks` are [start, end) offsets into it (UTF-16 units). */
  readonly snippet: string;
  readonly marks: readonly (readonly [number, number])[];
}

export interface SearchOptions {
  readonly limit: number;
  /** What `after:7d` counts from, epoch milliseconds; the present when left out. */
  readonly now?: number;
}

export type Direction = 'request' | 'response';

export interface History {
  sessions(filter: SessionFilter): SessionSummary[];
  /** Full ids that begin with `prefix` (or are the newest, for `last`); at most `limit`. */
  resolveSession(prefix: string, limit: number): string[];
  session(sessionId: string): SessionSummary | null;
  /** Oldest first. */
  exchanges(sessionId: string, page: ExchangePage): ExchangeSummary[];
  exchange(exchangeId: string): ExchangeDetail | null;
  /**
   * The bytes as they crossed the wire, or decoded and with private values replaced where the
   * exchange's body says `redacted`; null when they were not (wholly) stored.
   */
  rawBody(exchangeId: string, direction: Direction): Uint8Array | null;
  /** The same without its content-encoding; null also when that cannot be undone. */
  decodedBody(exchangeId: string, direction: Direction): Uint8Array | null;
  /** Newest first (see `after`), over all sessions or one. */
  timeline(filter: TimelineFilter): ExchangeLine[];
  /** Exchanges that started in [from, to), epoch milliseconds. */
  activity(from: number, to: number): Activity;
  toolSizes(sessionId: string): ToolSize[];
  stats(filter: { sessionId?: string; since?: number }): Stats;
  /** The largest cost, then the most tokens, first; days in their order. */
  statsBy(by: StatsGroup, filter: { since?: number; limit: number }): StatsRow[];
  /** Adds up whole local days, one a step, and remembers them: later sums take milliseconds. */
  rollUp(since: number): Generator<void, void>;
  /** How fast the newest completed exchanges were. */
  latency(filter: { sessionId?: string; since?: number }): LatencyStats;
  /** The newest `limit` turns of a session, oldest first, for explainCache(). */
  cacheSteps(sessionId: string, limit: number): CacheStep[];
  /** What each provider last said about each account, most recently seen first. */
  limits(): AccountLimits[];
  /**
   * Best first, each text once, where it was said first. The language is that of parseSearch(), whose
   * UserError for a filter that there is not comes through.
   */
  search(query: string, options: SearchOptions): SearchHit[];
  /** Words of the index that begin with `prefix`, as the index holds them (lower case). */
  words(prefix: string, limit: number): string[];
  close(): void;
}
