/** A stored exchange as a price is asked for it. */
import type { Priceable } from '../../core/cost.ts';
import { isSubscription } from '../recorder/money.ts';
import { detailsOfRow } from '../sqlite/number-columns.ts';
import { type ExchangeRow, usageOf } from './exchange-row.ts';

/** Null without usage. */
export function priceableOf(row: ExchangeRow, requestHeaders: readonly string[]): Priceable | null {
  const usage = usageOf(row);
  if (usage === null) return null;
  return {
    model: row.model_used ?? row.model,
    dialect: row.dialect,
    upstream: row.upstream,
    at: row.started_at,
    usage,
    details: detailsOfRow(row),
    isFinal: row.outcome === 'completed',
    isSubscription: isSubscription({ requestHeaders }),
  };
}
