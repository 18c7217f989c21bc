/**
 * What a request or an answer says, in one shape for all dialects. Produced by src/dialects, read by
 * the recorder, the history, the commands and the screens. Strings are foreign text: neutralise them
 * before they reach a terminal or a page.
 */
export type Dialect = 'anthropic-messages' | 'openai-chat' | 'openai-responses';

export type Role = 'system' | 'developer' | 'user' | 'assistant' | 'tool';

/** One piece of a message. `arguments` is the tool input as text: JSON, or free text of custom tools. */
export type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly text: string }
  | {
      readonly type: 'tool-call';
      readonly id: string;
      readonly name: string;
      readonly arguments: string;
    }
  | {
      readonly type: 'tool-result';
      readonly id: string;
      readonly text: string;
      /** Anthropic's `is_error`, Codex's exit code; null where the wire does not say. */
      readonly isError: boolean | null;
    }
  | { readonly type: 'media'; readonly label: string };

export interface Message {
  readonly role: Role;
  readonly parts: readonly Part[];
}

/** A request body as its dialect understands it. */
export interface RequestView {
  readonly model: string | null;
  readonly stream: boolean;
  /** System prompt and instructions first, then the conversation in wire order. */
  readonly messages: readonly Message[];
  readonly toolNames: readonly string[];
  /** Responses API: the answer that this request continues. */
  readonly previousResponseId: string | null;
  /** `generate: false` (Codex's warm-up), or a request that only counts tokens. */
  readonly isWarmUp: boolean;
}

/** An answer as assembled from its stream or its JSON body; partial when the stream was cut. */
export interface ResponseView {
  readonly id: string | null;
  readonly model: string | null;
  readonly parts: readonly Part[];
  readonly stopReason: string | null;
  readonly usage: import('./usage.ts').Usage | null;
  /** The provider's own usage object, unchanged; null when it sent none. */
  readonly providerUsage: unknown;
  readonly details: import('./usage-details.ts').UsageDetails;
  /** The last `codex.rate_limits` event of a stream, as it came; null when there was none. */
  readonly rateLimitFrame: unknown;
  /** An error that the provider reported in the body or inside a 200 stream. */
  readonly error: { readonly type: string; readonly message: string } | null;
  /** The stream said that it is complete (`message_stop`, `[DONE]`, `response.completed` …). */
  readonly isComplete: boolean;
}
