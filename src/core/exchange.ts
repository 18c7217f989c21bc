/**
 * An exchange: one request and its response. Plain, structured-clone-safe data. All durations are
 * milliseconds from a monotonic clock; what was not measured is null, never 0.
 */
import type { Dialect, Part } from './conversation.ts';
import type { Cost } from './cost.ts';
import type { TokenGaps } from './latency.ts';
import type { AccountLimits } from './rate-limits.ts';
import type { Redactions } from './redactions.ts';
import type { Usage } from './usage.ts';
import type { UsageDetails } from './usage-details.ts';
import type { UsageEstimate } from './usage-estimate.ts';

/**
 * How an exchange ended.
 * - completed: the answer arrived whole and reports no error
 * - failed: an error answer (status ≥ 400), an error inside the stream, or no answer (see errorCode)
 * - incomplete: the provider's connection broke while the answer was arriving
 * - aborted: the client went away first
 * - interrupted: LunaRoute itself ended before the exchange did
 */
export type Outcome = 'completed' | 'failed' | 'incomplete' | 'aborted' | 'interrupted';

export type ClientName =
  | 'claude-code'
  | 'codex'
  | 'opencode'
  | 'openai-sdk'
  | 'anthropic-sdk'
  | 'curl'
  | 'other';

/**
 * The session of exchanges that belong to no conversation (model lists, file uploads, broken
 * bodies): kept out of session lists unless it is asked for.
 */
export const OTHER_SESSION = 'other';

/** How the session id was found; DESIGN section 6 in order. */
export type SessionSource =
  | 'header'
  | 'metadata'
  | 'prompt-cache-key'
  | 'previous-response'
  | 'shared-prefix'
  | 'new'
  | 'import';

/** Whose records an exchange was imported from, where LunaRoute did not see it on the wire. */
export type ImportSource = 'claude' | 'codex' | 'lunaroute';

/** Why an exchange is not a turn of the conversation: a client's helper call. */
export type Auxiliary = 'title' | 'count-tokens' | 'warm-up' | 'probe' | null;

/** Milliseconds since the first byte of the request head, except where said. */
export interface Timing {
  /** Request received to its last byte. */
  readonly received: number | null;
  /** First byte written to the provider. */
  readonly sent: number | null;
  /** Time spent opening the upstream connection; null when one was reused. */
  readonly connect: number | null;
  /** Response head arrived from the provider. */
  readonly firstByte: number | null;
  /** First content (text, thinking or tool call) arrived. */
  readonly firstToken: number | null;
  /** The exchange ended. */
  readonly ended: number | null;
  /** What LunaRoute itself added: (sent − received − connect) + (first byte in → written to client). */
  readonly overhead: number | null;
  /** How the pieces of a streamed answer followed each other; null when there were not two. */
  readonly tokenGaps: TokenGaps | null;
}

/** Nobody measured it. */
export const NO_TIMING: Timing = {
  received: null,
  sent: null,
  connect: null,
  firstByte: null,
  firstToken: null,
  ended: null,
  overhead: null,
  tokenGaps: null,
};

/** A body as stored: counts and hash are of the bytes on the wire, before any decoding. */
export interface BodyFacts {
  readonly bytes: number;
  /** Hex sha256 of all bytes, or null when some never reached the recorder. */
  readonly sha256: string | null;
  /** The stored bytes are fewer than `bytes`. */
  readonly truncated: boolean;
  /** Private values were replaced: the stored bytes are those of the decoded body, with the replacements. */
  readonly redacted?: boolean;
}

export interface ToolCallRecord {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

export interface ToolResultRecord {
  readonly id: string;
  readonly bytes: number;
  readonly isError: boolean | null;
}

/** What is known once the request has arrived. */
export interface ExchangeRequest {
  readonly id: string;
  readonly sessionId: string;
  readonly sessionSource: SessionSource;
  /** Wall clock, epoch milliseconds. */
  readonly startedAt: number;
  readonly client: ClientName;
  readonly clientVersion: string | null;
  readonly userAgent: string | null;
  readonly provider: string;
  readonly dialect: Dialect | null;
  readonly transport: 'http' | 'websocket';
  readonly method: string;
  /** Path and query, secrets in the query masked. */
  readonly target: string;
  /** Base URL the exchange was sent to. */
  readonly upstream: string;
  /** Flat name, value list in wire order; credentials masked to kind and last 4 characters. */
  readonly requestHeaders: readonly string[];
  readonly auxiliary: Auxiliary;
  readonly agentId: string | null;
  readonly parentId: string | null;
  readonly model: string | null;
  readonly stream: boolean;
  readonly previousResponseId: string | null;
  /** First words of the human's prompt (≤ 200 characters), where the request has one. */
  readonly promptPreview: string | null;
  /** The folder that the agent works in, where its prompt says so. */
  readonly project: string | null;
  readonly messageCount: number | null;
  readonly toolResults: readonly ToolResultRecord[];
  readonly requestBody: BodyFacts;
  /** Values that were replaced in the request, head and body; absent when none. */
  readonly redactions?: Redactions;
  /**
   * Absent where LunaRoute saw it on the wire. Of an imported exchange only the conversation, its usage
   * and its times by the client's clock are known; its body holds what was new in it.
   */
  readonly importedFrom?: ImportSource;
}

/** What is known once it ended. */
export interface ExchangeEnd {
  readonly id: string;
  readonly sessionId: string;
  readonly endedAt: number;
  readonly outcome: Outcome;
  /** Closed code for own failures (`connect-refused` …), or the provider's error type. */
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly status: number | null;
  readonly responseHeaders: readonly string[];
  readonly responseId: string | null;
  readonly modelUsed: string | null;
  readonly stopReason: string | null;
  readonly parts: readonly Part[];
  readonly toolCalls: readonly ToolCallRecord[];
  readonly usage: Usage | null;
  readonly providerUsage: unknown;
  readonly details: UsageDetails;
  /** Where the provider should have sent usage and did not. */
  readonly estimate: UsageEstimate | null;
  /** null: unknown, or nothing was spent. */
  readonly cost: Cost | null;
  /** What this answer said about the account's limits; null when it said nothing. */
  readonly rateLimits: AccountLimits | null;
  readonly timing: Timing;
  readonly responseBody: BodyFacts;
  /** The recorder could not see everything (queue full, undecodable, worker restarted). */
  readonly isPartial: boolean;
  /** Values that were replaced in the answer; absent when none. */
  readonly redactions?: Redactions;
}
