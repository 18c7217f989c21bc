/**
 * What an exchange cost, and how sure that is. The table gives the rates; here are the rules about
 * tiers, kinds without a price, families and partial answers. Runs in the recorder worker, once at
 * the end of an exchange, and again for `lunaroute prices reprice`. Never throws.
 */
import type { Cost, Priceable, Pricer } from '../core/cost.ts';
import type { Usage } from '../core/usage.ts';
import { NO_DETAILS, type UsageDetails } from '../core/usage-details.ts';
import type { Asked, Counts, Priced, PriceTable } from './table.ts';

export function makePricer(table: PriceTable): Pricer {
  return (what) => {
    try {
      return priceOf(table, what);
    } catch {
      // The library refuses counts that contradict each other: then nobody knows.
      return null;
    }
  };
}

/** One model's part of an answer. */
interface Run {
  readonly model: string;
  readonly usage: Usage;
  readonly details: UsageDetails;
}

function priceOf(table: PriceTable, what: Priceable): Cost | null {
  const { model, dialect } = what;
  if (model === null || dialect === null) return null;
  const maker = dialect === 'anthropic-messages' ? 'anthropic' : 'openai';
  let usd = 0;
  let isExact = what.isFinal && !what.isSubscription && what.details.surcharge === null;
  let version = '';
  for (const run of runsOf(model, what)) {
    const asked = { model: run.model, maker, upstream: what.upstream, at: what.at };
    const found = findPrice(table, countsOf(run), asked);
    if (found === null) return null;
    const tier = tierOf(maker, what.details.serviceTier);
    usd += found.usd * tier.factor;
    isExact &&= found.isExactModel && tier.isExact && !lacksKind(run, found);
    version ||= found.version;
  }
  const certainty = isExact ? 'exact' : 'estimated';
  return { nanoUsd: Math.round(usd * 1e9), certainty, priceVersion: version };
}

/**
 * The answer itself, and the runs whose tokens are not inside its usage: the compaction of a context
 * and the advice of another model (SDK 1.12, BetaUsage.iterations).
 */
function runsOf(model: string, { usage, details }: Priceable): Run[] {
  const besides = details.iterations
    .filter(({ type }) => type === 'compaction' || type === 'advisor_message')
    .map((run) => ({ model: run.model ?? model, usage: run.usage, details: NO_DETAILS }));
  return [{ model, usage, details }, ...besides];
}

/** Names of genai-prices. */
function countsOf({ usage, details }: Run): Counts {
  const counts: Record<string, number> = {
    input_tokens: usage.input,
    cache_read_tokens: usage.cacheRead,
    cache_write_tokens: usage.cacheWrite5m + usage.cacheWrite1h,
    cache_write_1h_tokens: usage.cacheWrite1h,
    output_tokens: usage.output,
    input_audio_tokens: Math.min(details.audioInput, usage.input),
    output_audio_tokens: Math.min(details.audioOutput, usage.output),
    web_searches: details.webSearches,
  };
  return Object.fromEntries(
    Object.entries(counts).filter(([name, count]) => count > 0 || ALWAYS.includes(name)),
  );
}

const ALWAYS: readonly string[] = ['input_tokens', 'output_tokens'];

/** `gpt-9.1-sol-preview` has the price of `gpt-9.1-sol`, of `gpt-9.1`: as an estimate. */
function findPrice(table: PriceTable, counts: Counts, asked: Asked): Priced | null {
  const direct = table.price(counts, asked);
  if (direct !== null) return direct;
  const bare = asked.model.slice(asked.model.lastIndexOf('/') + 1);
  const words = bare.split('-');
  for (let length = words.length; length >= 2; length -= 1) {
    const model = words.slice(0, length).join('-');
    if (model === asked.model) continue;
    const found = table.price(counts, { ...asked, model });
    if (found !== null) return { ...found, isExactModel: false };
  }
  return null;
}

interface Tier {
  readonly factor: number;
  readonly isExact: boolean;
}

const STANDARD: readonly string[] = ['standard', 'default', 'auto'];
/** Both makers bill batches, and OpenAI flex processing, at half the price (their pricing pages). */
const HALF: readonly string[] = ['batch', 'flex'];

function tierOf(maker: string, name: string | null): Tier {
  if (name === null || STANDARD.includes(name)) return { factor: 1, isExact: true };
  if (HALF.includes(name)) return { factor: 0.5, isExact: true };
  // OpenAI's factor is 1.67 to 2.5 by model; Anthropic's priority is paid by a commitment.
  const isDearer = maker === 'openai' && name === 'priority';
  return { factor: isDearer ? 2 : 1, isExact: false };
}

/** Something was used that has no price of its own: the library takes its parent's price, or none. */
function lacksKind({ usage, details }: Run, { rates }: Priced): boolean {
  const used: [number, string][] = [
    [usage.cacheRead, 'cache_read_mtok'],
    [usage.cacheWrite5m, 'cache_write_mtok'],
    [usage.cacheWrite1h, 'cache_write_1h_mtok'],
    [details.audioInput, 'input_audio_mtok'],
    [details.audioOutput, 'output_audio_mtok'],
    [details.webSearches, 'web_searches_kcount'],
  ];
  // Code execution is billed by the container's hour, which no answer reports.
  return (
    details.codeExecutions > 0 || used.some(([count, key]) => count > 0 && rates[key] === undefined)
  );
}
