/**
 * A login of Codex (its auth.json), as the proxy uses it for requests that carry no credential. Never
 * printed, never recorded: it lives in the main thread and the proxy worker only.
 */
export interface CodexLogin {
  /** An API key, or the access token of a ChatGPT login. */
  readonly token: string;
  /** The ChatGPT account; null for an API key. */
  readonly accountId: string | null;
  /** Epoch milliseconds; null when the token does not say. */
  readonly expiresAt: number | null;
}
