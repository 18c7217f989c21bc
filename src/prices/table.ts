/**
 * The price table: @pydantic/genai-prices behind the few words that LunaRoute needs. Works offline
 * with the data inside the package; a data file that `lunaroute prices update` has fetched, and the
 * configuration's own prices, come before it. Nothing here decides how sure an amount is.
 */
import { calcPrice, findProvider, type ModelPrice, type Provider } from '@pydantic/genai-prices';
import { globPattern } from '../core/glob.ts';
import type { PriceOverride } from '../core/options.ts';

/** Token and request counts by genai-prices' names; all cached tokens are inside `input_tokens`. */
export type Counts = Readonly<Record<string, number>>;

export interface Asked {
  readonly model: string;
  /** `openai` or `anthropic`: whose model it is when the upstream says nothing. */
  readonly maker: string;
  readonly upstream: string;
  readonly at: number;
}

export interface Priced {
  readonly usd: number;
  /** The table's name of the model. */
  readonly modelId: string;
  /** The name, or the name without its date, is in the table; otherwise a rule for a family matched. */
  readonly isExactModel: boolean;
  /** USD per million tokens (or per thousand requests), by genai-prices' keys. */
  readonly rates: ModelPrice;
  readonly version: string;
}

export interface PriceData {
  readonly version: string;
  readonly providers: readonly Provider[];
}

/** The version that is installed; a test compares it with package.json. */
export const PACKAGE_VERSION = 'genai-prices 0.1.8';
const CONFIG_VERSION = 'config';
/** Names come from clients; beyond this many they are looked up each time. */
const MAX_REMEMBERED = 1000;

export class PriceTable {
  readonly #overrides: readonly PriceOverride[];
  readonly #data: PriceData | null;
  /** By upstream and maker: found by up to 40 patterns. */
  readonly #providers = new Map<string, Provider | undefined>();
  /** Asked for with every exchange, and not in any list. */
  readonly #unknown = new Set<string>();

  constructor(overrides: readonly PriceOverride[], data: PriceData | null) {
    this.#overrides = overrides;
    this.#data = data;
  }

  get version(): string {
    return this.#data?.version ?? PACKAGE_VERSION;
  }

  /** Null when the table does not know the model. Throws on counts that contradict each other. */
  price(counts: Counts, asked: Asked): Priced | null {
    const own = this.#overrides.find(({ model }) => globPattern(model, 'i').test(asked.model));
    const provider = own === undefined ? this.#providerOf(asked) : configProvider(own, asked.model);
    const name = `${provider?.id} ${asked.model}`;
    if (provider === undefined || this.#unknown.has(name)) return null;
    const options = { provider, timestamp: new Date(asked.at) };
    const found = calcPrice({ ...counts }, asked.model, options);
    if (found === null) {
      if (this.#unknown.size < MAX_REMEMBERED) this.#unknown.add(name);
      return null;
    }
    return {
      usd: found.total_price,
      modelId: found.model.id,
      isExactModel: own !== undefined || isNamed(found.model, asked.model),
      rates: found.model_price,
      version: own === undefined ? this.version : CONFIG_VERSION,
    };
  }

  /** The upstream's own price list (OpenRouter, DeepSeek …), else the maker's. */
  #providerOf(asked: Asked): Provider | undefined {
    const name = `${asked.maker} ${asked.upstream}`;
    if (this.#providers.has(name)) return this.#providers.get(name);
    const provider = this.#findProvider(asked);
    if (this.#providers.size < MAX_REMEMBERED) this.#providers.set(name, provider);
    return provider;
  }

  #findProvider({ upstream, maker }: Asked): Provider | undefined {
    if (this.#data === null) {
      return findProvider({ providerApiUrl: upstream }) ?? findProvider({ providerId: maker });
    }
    const { providers } = this.#data;
    const isAt = ({ api_pattern }: Provider): boolean =>
      new RegExp(`^(?:${api_pattern})`).test(upstream);
    return providers.find(isAt) ?? providers.find(({ id }) => id === maker);
  }
}

function configProvider(own: PriceOverride, model: string): Provider {
  const prices: Record<string, number> = {
    input_mtok: own.input,
    output_mtok: own.output,
    ...(own.cacheRead === null ? {} : { cache_read_mtok: own.cacheRead }),
    ...(own.cacheWrite === null ? {} : { cache_write_mtok: own.cacheWrite }),
    ...(own.cacheWrite1h === null ? {} : { cache_write_1h_mtok: own.cacheWrite1h }),
    ...(own.webSearch === null ? {} : { web_searches_kcount: own.webSearch }),
  };
  return {
    id: 'config',
    name: 'config',
    api_pattern: '',
    models: [{ id: own.model, match: { equals: model }, prices }],
  };
}

/** A date, `-latest` or `@…` after the name is the same model; anything else is another of its family. */
const SUFFIX = /(-\d{8}|-\d{4}-\d{2}-\d{2}|-latest|@.*)$/;

function isNamed(model: Provider['models'][number], asked: string): boolean {
  const name = asked.toLowerCase();
  const plain = name.replace(SUFFIX, '');
  if (plain === model.id.replace(SUFFIX, '')) return true;
  return clausesOf(model.match).some((clause) => {
    if ('equals' in clause) return clause.equals.toLowerCase() === name;
    if ('starts_with' in clause) return clause.starts_with.toLowerCase() === plain;
    return 'regex' in clause && new RegExp(clause.regex).test(name);
  });
}

function clausesOf(match: Provider['models'][number]['match']): (typeof match)[] {
  if ('or' in match) return match.or.flatMap(clausesOf);
  return [match];
}
