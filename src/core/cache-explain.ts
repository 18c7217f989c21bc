/**
 * Why a prompt cache missed. Providers cache the beginning of a prompt: the first piece that differs
 * from the session's previous request makes everything behind it new. What the previous request left
 * in the cache is known from its usage; what this one read of it, too; the difference is the miss. Pure.
 */
import type { Dialect } from './conversation.ts';
import type { Priceable, Pricer } from './cost.ts';
import type { Usage } from './usage.ts';

/** One piece of a prompt, in the order in which the provider caches: `tool Bash`, `message 3 (user)`. */
export interface PromptPiece {
  readonly name: string;
  readonly hash: string;
}

/** One exchange of a session, as far as its cache is concerned. */
export interface CacheStep {
  readonly exchangeId: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly dialect: Dialect;
  readonly model: string;
  readonly agentId: string | null;
  /** It names the answer it continues: its prompt is the earlier one and more. */
  readonly isContinued: boolean;
  readonly usage: Usage;
  readonly pieces: readonly PromptPiece[];
  readonly priceable: Priceable;
}

type CacheCause =
  | { readonly kind: 'changed'; readonly piece: string }
  | { readonly kind: 'expired'; readonly idleMs: number; readonly ttlMs: number }
  /** Nothing changed and it was not too late: the provider dropped it. */
  | { readonly kind: 'unexplained' };

export interface CacheFinding {
  readonly exchangeId: string;
  readonly startedAt: number;
  readonly model: string;
  readonly agentId: string | null;
  readonly input: number;
  readonly read: number;
  readonly written: number;
  /** Of the input, what was read from the cache; 0 to 1. */
  readonly share: number;
  /** Tokens that the previous request had left in the cache; null for the first. */
  readonly expected: number | null;
  /** Tokens that should have been read and were not; 0 without a miss. */
  readonly missed: number;
  readonly cause: CacheCause | null;
  /** What the miss cost beyond a hit; null when there is no price. */
  readonly missedNanoUsd: number | null;
}

const FIVE_MINUTES = 300_000;
const HOUR = 3_600_000;
/** Caches work in blocks (128 tokens at OpenAI) and on prompts of some size (1024): less is no miss. */
const NOISE_TOKENS = 1024;

/** `steps` in the order of time. */
export function explainCache(steps: readonly CacheStep[], price: Pricer): CacheFinding[] {
  const byLine = new Map<string, CacheStep>();
  const byAgent = new Map<string, CacheStep>();
  return steps.map((step) => {
    const agent = step.agentId ?? '';
    const line = `${agent}\n${step.model}`;
    const previous = byLine.get(line) ?? byAgent.get(agent) ?? null;
    byLine.set(line, step);
    byAgent.set(agent, step);
    return findingOf(step, previous, price);
  });
}

function findingOf(step: CacheStep, previous: CacheStep | null, price: Pricer): CacheFinding {
  const { usage } = step;
  const expected = previous === null ? null : Math.min(warmTokens(previous), usage.input);
  const short = expected === null ? 0 : expected - usage.cacheRead;
  const cause = previous === null || short <= NOISE_TOKENS ? null : causeOf(step, previous);
  const missed = cause === null ? 0 : short;
  return {
    exchangeId: step.exchangeId,
    startedAt: step.startedAt,
    model: step.model,
    agentId: step.agentId,
    input: usage.input,
    read: usage.cacheRead,
    written: usage.cacheWrite5m + usage.cacheWrite1h,
    share: usage.input === 0 ? 0 : usage.cacheRead / usage.input,
    expected,
    missed,
    cause,
    missedNanoUsd: missed === 0 ? 0 : priceOfMiss(step, missed, price),
  };
}

/** What stands in the cache after a request. OpenAI caches whole prompts without saying so. */
function warmTokens({ usage, dialect }: CacheStep): number {
  const said = usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
  if (dialect === 'anthropic-messages') return said;
  const whole = usage.input - (usage.input % 128);
  return usage.input < NOISE_TOKENS ? said : Math.max(said, whole);
}

/** null when the prompt was only cut short: a shorter beginning is no loss. */
function causeOf(step: CacheStep, previous: CacheStep): CacheCause | null {
  const idleMs = Math.max(0, step.startedAt - previous.endedAt);
  const ttlMs = ttlOf(previous);
  if (step.usage.cacheRead === 0 && idleMs > ttlMs) return { kind: 'expired', idleMs, ttlMs };
  if (step.model !== previous.model) return { kind: 'changed', piece: 'model' };
  // A body that was not stored cannot be compared.
  if (!step.isContinued && step.pieces.length > 0) {
    const index = previous.pieces.findIndex((piece, at) => piece.hash !== step.pieces[at]?.hash);
    const changed = step.pieces[index] ?? null;
    if (index >= 0 && changed === null) return null;
    if (changed !== null) return { kind: 'changed', piece: changed.name };
  }
  return idleMs > ttlMs ? { kind: 'expired', idleMs, ttlMs } : { kind: 'unexplained' };
}

/** When the cache of a session with these steps goes cold unless it is used; null: nothing is cached. */
export function coldAtOf(steps: readonly CacheStep[]): number | null {
  const warm = steps.findLast(
    ({ usage }) => usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h > 0,
  );
  return warm === undefined ? null : warm.endedAt + ttlOf(warm);
}

/** How long what a request used stays in the cache after it, in milliseconds. */
export function ttlOf({ usage }: Pick<CacheStep, 'usage'>): number {
  return usage.cacheWrite1h > 0 ? HOUR : FIVE_MINUTES;
}

/** The price as it was, less the price with the missed tokens read from the cache. */
function priceOfMiss(step: CacheStep, missed: number, price: Pricer): number | null {
  const actual = price(step.priceable);
  const usage = asRead(step.usage, missed);
  const ideal = price({ ...step.priceable, usage });
  if (actual === null || ideal === null) return null;
  return Math.max(0, actual.nanoUsd - ideal.nanoUsd);
}

/** Missed tokens were written anew, or read at full price where nothing was written. */
function asRead(usage: Usage, missed: number): Usage {
  const from1h = Math.min(usage.cacheWrite1h, missed);
  const from5m = Math.min(usage.cacheWrite5m, missed - from1h);
  return {
    ...usage,
    cacheRead: usage.cacheRead + missed,
    cacheWrite1h: usage.cacheWrite1h - from1h,
    cacheWrite5m: usage.cacheWrite5m - from5m,
  };
}
