/**
 * What an exchange cost. Amounts are whole nano-dollars (1e-9 USD): sums of integers are the same in
 * SQL, in a reducer and in a metric, whatever the order; a double holds 9 million dollars of them.
 * An amount that is not known is null or counted as unpriced, never 0.
 */
import type { Dialect } from './conversation.ts';
import type { Usage } from './usage.ts';
import type { UsageDetails } from './usage-details.ts';

/**
 * - exact: the model is in the price table and every kind of token has its price
 * - estimated: a price of the model's family, or a kind, tier or plan that the table does not price
 */
export type Certainty = 'exact' | 'estimated';

export interface Cost {
  readonly nanoUsd: number;
  readonly certainty: Certainty;
  /** Names the table that priced it, so that history can be priced again with a newer one. */
  readonly priceVersion: string;
}

/** A sum of costs, with how many of its exchanges have which certainty. */
export interface CostSum {
  readonly nanoUsd: number;
  readonly exact: number;
  readonly estimated: number;
  /** Exchanges that cost something, but nobody knows what. */
  readonly unpriced: number;
}

export const NO_COST: CostSum = { nanoUsd: 0, exact: 0, estimated: 0, unpriced: 0 };

/** `cost` null: the exchange is counted as unpriced. */
export function addCost(sum: CostSum, cost: Cost | null): CostSum {
  if (cost === null) return { ...sum, unpriced: sum.unpriced + 1 };
  const isExact = cost.certainty === 'exact';
  return {
    nanoUsd: sum.nanoUsd + cost.nanoUsd,
    exact: sum.exact + (isExact ? 1 : 0),
    estimated: sum.estimated + (isExact ? 0 : 1),
    unpriced: sum.unpriced,
  };
}

export function addCostSums(a: CostSum, b: CostSum): CostSum {
  return {
    nanoUsd: a.nanoUsd + b.nanoUsd,
    exact: a.exact + b.exact,
    estimated: a.estimated + b.estimated,
    unpriced: a.unpriced + b.unpriced,
  };
}

/** The weakest certainty of a sum; unknown also when there was nothing to sum. */
export function sumCertainty(sum: CostSum): Certainty | 'unknown' {
  if (sum.unpriced > 0 || sum.exact + sum.estimated === 0) return 'unknown';
  return sum.estimated > 0 ? 'estimated' : 'exact';
}

export function usdOf(nanoUsd: number): number {
  return nanoUsd / 1e9;
}

/** `$1.23`, `$0.0042`; four significant places below a dollar. */
export function formatUsd(nanoUsd: number): string {
  const usd = usdOf(nanoUsd);
  const size = Math.abs(usd);
  if (size >= 1 || size === 0) return `$${usd.toFixed(2)}`;
  return `$${usd.toFixed(size >= 0.01 ? 4 : 6)}`;
}

/** One amount: `$0.0042`, `~$0.0042` when estimated, `unknown`. */
export function formatCost(cost: Cost | null): string {
  if (cost === null) return 'unknown';
  return `${cost.certainty === 'exact' ? '' : '~'}${formatUsd(cost.nanoUsd)}`;
}

/** A sum that says how sure it is; where some amounts are not known it is a lower bound. */
export function formatCostSum(sum: CostSum): string {
  if (sum.exact + sum.estimated === 0) return 'unknown';
  const amount = `${sum.estimated > 0 ? '~' : ''}${formatUsd(sum.nanoUsd)}`;
  return sum.unpriced === 0 ? amount : `≥ ${amount}`;
}

/** What a price is asked for. */
export interface Priceable {
  readonly model: string | null;
  readonly dialect: Dialect | null;
  /** Base URL it was sent to: the same model costs something else elsewhere. */
  readonly upstream: string;
  /** Epoch milliseconds: prices change with time. */
  readonly at: number;
  readonly usage: Usage;
  readonly details: UsageDetails;
  /** False where the answer broke off: the output counted so far is then too low. */
  readonly isFinal: boolean;
  /** Paid by a subscription: the amount is what the API would have cost. */
  readonly isSubscription: boolean;
}

/** Null when nobody knows. Never throws. */
export type Pricer = (what: Priceable) => Cost | null;
