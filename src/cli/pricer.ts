/** The prices that this installation knows: configuration, fetched table, built-in table. */
import { priceSources } from '../config/options.ts';
import type { Pricer } from '../core/cost.ts';
import { readPriceData } from '../prices/data-file.ts';
import { makePricer } from '../prices/pricer.ts';
import { PriceTable } from '../prices/table.ts';
import type { Invocation } from './context.ts';
import { loadFor } from './load-config.ts';

export function priceTableFor(invocation: Invocation): PriceTable {
  const { config, dataDir } = loadFor(invocation);
  const { overrides, dataFile } = priceSources(config, dataDir);
  return new PriceTable(overrides, readPriceData(dataFile));
}

export function pricerFor(invocation: Invocation): Pricer {
  return makePricer(priceTableFor(invocation));
}
