/**
 * How long and how much is kept, and what an upkeep of the records did or would do. null: no limit.
 */
export interface StoreLimits {
  readonly maxAgeMs: number | null;
  readonly maxBytes: number | null;
}

export interface JsonlLimits extends StoreLimits {
  readonly compressAfterMs: number | null;
}

export interface RetentionOptions {
  readonly sqlite: StoreLimits;
  readonly jsonl: JsonlLimits;
}

/** A session that went, or would go. */
export interface PrunedSession {
  readonly sessionId: string;
  readonly title: string | null;
  /** Epoch milliseconds. */
  readonly lastActivityAt: number;
}

export interface PrunedFile {
  readonly path: string;
  readonly bytes: number;
}

export interface PruneReport {
  readonly sessions: readonly PrunedSession[];
  readonly files: readonly PrunedFile[];
  /** JSONL files that were compressed, or would be. */
  readonly compressed: readonly PrunedFile[];
  /** Sizes in bytes before and after; after a dry run both are the same. */
  readonly database: { readonly before: number; readonly after: number };
  readonly jsonl: { readonly before: number; readonly after: number };
  /** What could not be kept within its limit, and why; one sentence each. */
  readonly problems: readonly string[];
}
