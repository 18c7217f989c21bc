/** `lunaroute prices show | update | reprice`: what tokens cost, and history priced again. */
import { readFile } from 'node:fs/promises';
import { priceSources } from '../../config/options.ts';
import { formatCostSum } from '../../core/cost.ts';
import { UserError } from '../../core/errors.ts';
import { formatCount } from '../../core/format.ts';
import { safeLine } from '../../core/text.ts';
import { PRICE_DATA_URL, parsePriceData, writePriceData } from '../../prices/data-file.ts';
import type { Priced } from '../../prices/table.ts';
import { repriceHistory } from '../../store/reprice.ts';
import type { Invocation } from '../context.ts';
import { loadFor } from '../load-config.ts';
import { pricerFor, priceTableFor } from '../pricer.ts';

const MAKERS = ['anthropic', 'openai'];

export function runPricesShow(invocation: Invocation): number {
  const { context, args, isJson } = invocation;
  const model = args[0] ?? '';
  const table = priceTableFor(invocation);
  const found = MAKERS.map((maker) =>
    table.price(NO_TOKENS, { model, maker, upstream: '', at: context.now() }),
  ).find((priced) => priced !== null);
  if (found === undefined) {
    throw new UserError(`no price is known for ${safeLine(model)} (${table.version})`, {
      hint: 'fetch the newest table: lunaroute prices update; or add the model to prices in the configuration',
    });
  }
  const { modelId, isExactModel, rates, version } = found;
  if (isJson) context.print.json({ model, modelId, isExactModel, version, rates });
  else printPrice(found, model, invocation);
  return 0;
}

const NO_TOKENS = { input_tokens: 0, output_tokens: 0 };

function printPrice(priced: Priced, model: string, { context: { print } }: Invocation): void {
  const kind = priced.isExactModel ? '' : ` (estimated: the price of ${safeLine(priced.modelId)})`;
  print.line(`${print.style.bold(safeLine(model))}${kind}`);
  for (const [key, rate] of Object.entries(priced.rates)) {
    if (rate === undefined) continue;
    const tiers = typeof rate === 'number' ? [] : rate.tiers;
    const more = tiers.map(({ price, start }) => `, $${price} beyond ${formatCount(start)} tokens`);
    const base = typeof rate === 'number' ? rate : rate.base;
    print.line(`  ${rateName(key).padEnd(22)}$${base}${more.join('')}`);
  }
  print.line(`  from ${safeLine(priced.version)}`);
}

function rateName(key: string): string {
  const [, kind = key, unit = ''] = /^(.*)_(mtok|kcount)$/.exec(key) ?? [];
  const name = kind.replaceAll('_', ' ');
  return unit === 'kcount' ? `1,000 ${name}` : `1M ${name}`;
}

const FETCH_TIMEOUT_MS = 30_000;
const MAX_DATA_BYTES = 32 * 1024 * 1024;

/** The only request that LunaRoute ever makes by itself, and only when asked to. */
export async function runPricesUpdate(invocation: Invocation): Promise<number> {
  const { config, dataDir } = loadFor(invocation);
  const from = String(invocation.option('from') ?? PRICE_DATA_URL);
  const text = await fetchText(from);
  const data = parsePriceData(text);
  if (data === null) {
    throw new UserError(`${safeLine(from)} is no price table of genai-prices; the old one stays`);
  }
  const { dataFile } = priceSources(config, dataDir);
  writePriceData(dataFile, text);
  const { print } = invocation.context;
  const models = data.providers.reduce((sum, { models: list }) => sum + list.length, 0);
  if (invocation.isJson) print.json({ version: data.version, models, file: dataFile });
  else {
    print.line(`${formatCount(models)} models, ${data.version}, in ${safeLine(dataFile)}`);
    print.note(
      'New requests are priced with it after a restart; history: lunaroute prices reprice',
    );
  }
  return 0;
}

async function fetchText(from: string): Promise<string> {
  try {
    if (!/^https?:/.test(from)) return await readFile(from, 'utf8');
    const answer = await fetch(from, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    const text = await answer.text();
    if (text.length > MAX_DATA_BYTES) throw new Error('it is too large');
    return text;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`cannot fetch prices from ${safeLine(from)}: ${safeLine(reason)}`, {
      hint: 'the present prices stay; without internet, download the file elsewhere and use --from <file>',
    });
  }
}

export function runPricesReprice(invocation: Invocation): number {
  const { context, isJson, option } = invocation;
  const since = option('since');
  const result = repriceHistory(loadFor(invocation).config.session_recording.sqlite.path, {
    price: pricerFor(invocation),
    since: typeof since === 'number' ? since : 0,
  });
  if (isJson) context.print.json(result);
  else {
    const { exchanges, changed, before, after } = result;
    context.print.line(
      `${formatCount(exchanges)} exchanges priced, ${formatCount(changed)} changed: ${formatCostSum(before)} → ${formatCostSum(after)}`,
    );
  }
  return 0;
}
