/**
 * A guess at token counts where the provider sent none (a chat stream without `include_usage`, an
 * answer that broke off): four bytes of text a token, the usual rule of thumb for English and code.
 * Kept apart from real usage everywhere, and never summed with it.
 */
export interface UsageEstimate {
  readonly input: number;
  readonly output: number;
}

const BYTES_PER_TOKEN = 4;

/** Bytes of the request's and the answer's text. */
export function estimateUsage(requestBytes: number, answerBytes: number): UsageEstimate {
  return {
    input: Math.ceil(requestBytes / BYTES_PER_TOKEN),
    output: Math.ceil(answerBytes / BYTES_PER_TOKEN),
  };
}
