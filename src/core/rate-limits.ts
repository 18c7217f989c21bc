/**
 * What a provider last said about an account's limits. Seen in the answers that pass through; no
 * request is ever sent to learn it.
 */
export interface RateLimit {
  /** `requests`, `input-tokens`, `5h`, `7d` … as the provider names it. */
  readonly name: string;
  readonly limit: number | null;
  readonly remaining: number | null;
  /** 0 to 1, where it is said or follows from the other two. */
  readonly usedShare: number | null;
  /** Epoch milliseconds. */
  readonly resetsAt: number | null;
  /** `allowed`, `allowed_warning`, `rejected` … where the provider says so. */
  readonly status: string | null;
}

export interface AccountLimits {
  /** The masked credential: kind and last four characters. */
  readonly account: string;
  readonly provider: string;
  /** Epoch milliseconds: when the provider said so. */
  readonly seenAt: number;
  readonly limits: readonly RateLimit[];
}

/** The account's key in maps and tables. */
export function accountKey({ provider, account }: AccountLimits): string {
  return `${provider} ${account}`;
}
