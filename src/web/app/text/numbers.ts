/** Numbers as the terminal's screen shows them; what was not measured is a dash, never 0. Pure. */
import { type Cost, type CostSum, formatCost, formatCostSum } from '../../../core/cost.ts';
import { formatCompact, formatDuration } from '../../../core/format.ts';
import type { Usage } from '../../../core/usage.ts';

export const MISSING = '–';

export function count(value: number | null | undefined): string {
  return value == null ? MISSING : formatCompact(value);
}

export function took(ms: number | null | undefined): string {
  return ms == null ? MISSING : formatDuration(ms);
}

/** Fractions of a millisecond matter in small times. */
export function fineTime(ms: number | null): string {
  return ms !== null && ms < 10 ? `${ms.toFixed(2)}ms` : took(ms);
}

export function costText(cost: Cost | null): string {
  return cost === null ? MISSING : formatCost(cost);
}

export function costSumText(sum: CostSum): string {
  return sum.exact + sum.estimated === 0 ? MISSING : formatCostSum(sum);
}

/** Share of the input that was read from the cache, 0 to 1; null when it is not known. */
export function cacheShare(usage: Usage | null): number | null {
  return usage === null || usage.input === 0 ? null : usage.cacheRead / usage.input;
}

export function percent(share: number | null): string {
  return share === null ? MISSING : `${Math.round(share * 100)}%`;
}

export function plural(value: number, noun: string): string {
  return `${formatCompact(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** `claude-code` and `openai-sdk` are known by their first word in a narrow column. */
export function clientName(client: string): string {
  return client.replace(/-(?:code|sdk)$/, '');
}
