/**
 * Token counts of one exchange, normalised over providers as OpenTelemetry's GenAI conventions
 * count: `input` holds ALL input tokens, cached ones included; `output` includes reasoning. Parts
 * never exceed their total. A usage that the provider did not send is `null`, never zeros.
 */
export interface Usage {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly output: number;
  readonly reasoning: number;
}

export const NO_USAGE: Usage = {
  input: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
};

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    input: a.input + b.input,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite5m: a.cacheWrite5m + b.cacheWrite5m,
    cacheWrite1h: a.cacheWrite1h + b.cacheWrite1h,
    output: a.output + b.output,
    reasoning: a.reasoning + b.reasoning,
  };
}

/** input + output: cached and reasoning tokens are parts of these, not additions. */
export function totalTokens(usage: Usage): number {
  return usage.input + usage.output;
}
