/**
 * What the web API answers, as the page and the server both know it: the core's own types, lists
 * with a cursor, errors as RFC 9457 says. All times are epoch milliseconds, durations milliseconds.
 */
import type { CacheFinding } from '../core/cache-explain.ts';
import type { Message } from '../core/conversation.ts';
import type { RecorderStatus } from '../core/events.ts';
import type { Latency } from '../core/latency.ts';
import type { ServerFacts } from '../core/live-source.ts';
import type { ExchangeDetail, ToolSize, ToolStats } from '../core/ports.ts';

/** `next` is the cursor of the following page; null when this was the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** An error: RFC 9457 problem details. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}

export interface Overview {
  readonly facts: ServerFacts;
  readonly recorder: RecorderStatus | null;
  /** False: nothing is kept, and every list is empty. */
  readonly hasHistory: boolean;
  /** Sent back as `x-lunaroute-token` with everything that changes something. */
  readonly token: string;
}

/** A session's tools: how often and how long, and what they take in each request. */
export interface SessionTools {
  readonly tools: readonly ToolStats[];
  readonly sizes: readonly ToolSize[];
}

/** An exchange with its conversation, and the durations that its clock marks mean. */
export interface ExchangeWhole extends ExchangeDetail {
  /** null while it runs. */
  readonly latency: Latency | null;
}

export interface SessionCache {
  readonly sessionId: string;
  /** Newest first. */
  readonly findings: readonly CacheFinding[];
  /** When the cache goes cold unless it is used; null: nothing is cached, or it is not known. */
  readonly coldAt: number | null;
}

/** What a request says that the session's previous one did not, message by message. */
export interface ExchangeDiff {
  /** null: it is the session's first. */
  readonly previousId: string | null;
  readonly same: number;
  readonly removed: readonly Message[];
  readonly added: readonly Message[];
  readonly facts: readonly {
    readonly name: string;
    readonly before: string | null;
    readonly now: string | null;
  }[];
}

/** Ids of the exchanges of its session before and after one; null where there is none. */
export interface ExchangeNeighbours {
  readonly previous: string | null;
  readonly next: string | null;
}

/** One setting in effect; keys and passwords are masked. */
interface ConfigEntry {
  readonly key: string;
  readonly value: unknown;
  readonly source: string;
  readonly help: string;
}

export interface ConfigView {
  readonly file: string | null;
  readonly dataDir: string;
  readonly values: readonly ConfigEntry[];
}
