// What the agents' wires have in common.
/** One turn: what came since the last answer, and the answer. */
export interface Turn {
  readonly prompt: string | null;
  readonly results: readonly { readonly id: string; readonly text: string }[];
  readonly thinking: string;
  readonly text: string;
  readonly call: {
    readonly id: string;
    readonly name: string;
    readonly input: Record<string, string>;
  } | null;
  readonly responseId: string;
  readonly previousId: string | null;
}

export interface Session {
  readonly id: string;
  readonly isClaude: boolean;
  readonly project: string;
  readonly model: string;
}

export function providerUsage(
  usage: { input: number; cacheRead: number; output: number },
  isClaude: boolean,
): object {
  return isClaude
    ? {
        input_tokens: usage.input - usage.cacheRead,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: usage.cacheRead,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
        output_tokens: usage.output,
        service_tier: 'standard',
      }
    : {
        input_tokens: usage.input,
        input_tokens_details: { cached_tokens: usage.cacheRead },
        output_tokens: usage.output,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: usage.input + usage.output,
      };
}
