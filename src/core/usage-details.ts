/**
 * What a provider's usage says beyond the six token counts of Usage: audio, tools that the provider
 * ran itself, the tier that served the request, and the single runs behind one answer. Parts and
 * remarks only; nothing here is added to Usage.
 */
import type { Usage } from './usage.ts';

/** One model run behind an answer (Anthropic's `iterations`). */
export interface UsageIteration {
  /** `message`, `compaction`, `advisor_message` … as the provider names it. */
  readonly type: string;
  /** null: the answer's own model. */
  readonly model: string | null;
  readonly usage: Usage;
}

export interface UsageDetails {
  /** Audio tokens: parts of input and output. */
  readonly audioInput: number;
  readonly audioOutput: number;
  /** Requests of tools that ran at the provider, billed by the piece. */
  readonly webSearches: number;
  readonly webFetches: number;
  readonly codeExecutions: number;
  /** `standard`, `priority`, `batch`, `flex` … as the provider names it; null when it does not say. */
  readonly serviceTier: string | null;
  /** What the price table does not know, such as `speed fast` or `inference in us`. */
  readonly surcharge: string | null;
  readonly iterations: readonly UsageIteration[];
}

export const NO_DETAILS: UsageDetails = {
  audioInput: 0,
  audioOutput: 0,
  webSearches: 0,
  webFetches: 0,
  codeExecutions: 0,
  serviceTier: null,
  surcharge: null,
  iterations: [],
};
