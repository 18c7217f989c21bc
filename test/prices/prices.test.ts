import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePriceData, readPriceData, writePriceData } from '../../src/prices/data-file.ts';
import { PACKAGE_VERSION, PriceTable } from '../../src/prices/table.ts';
import { tempFolder } from '../helpers/store-items.ts';

const TOKENS = { input_tokens: 1_000_000, output_tokens: 1_000_000 };
const asked = (model: string, over: object = {}) => ({
  model,
  maker: 'anthropic',
  upstream: 'https://api.anthropic.com',
  at: Date.UTC(2026, 10, 24),
  ...over,
});
const DATA = JSON.stringify([
  {
    id: 'anthropic',
    name: 'Anthropic',
    api_pattern: 'https://api\\.anthropic\\.com',
    models: [
      {
        id: 'claude-sonnet-4-5',
        match: { equals: 'claude-sonnet-4-5' },
        prices: { input_mtok: 7, output_mtok: 9 },
      },
    ],
  },
]);

describe('the price table', () => {
  it('names the version that is installed', () => {
    const file = join(import.meta.dirname, '../../package.json');
    const { devDependencies } = JSON.parse(readFileSync(file, 'utf8'));
    expect(PACKAGE_VERSION).toBe(`genai-prices ${devDependencies['@pydantic/genai-prices']}`);
  });

  it('knows models by name, by name and date, and by family', () => {
    const table = new PriceTable([], null);
    const of = (model: string) => table.price(TOKENS, asked(model));
    expect(of('claude-opus-5-5')).toMatchObject({ usd: 24, isExactModel: true });
    expect(of('claude-opus-5-5-20260901')).toMatchObject({ isExactModel: true });
    expect(of('claude-sonnet-5-mini')).toMatchObject({
      modelId: 'claude-sonnet-5',
      isExactModel: false,
    });
    expect(of('claude-nova')).toBeNull();
  });

  it("asks the upstream's own price list first", () => {
    const upstream = 'https://openrouter.ai/api/v1';
    const found = new PriceTable([], null).price(
      TOKENS,
      asked('anthropic/claude-sonnet-4.5', { upstream }),
    );
    expect(found?.rates).toBeDefined();
  });

  it("puts the configuration's prices before all others, the first match first", () => {
    const rest = { cacheRead: null, cacheWrite: null, cacheWrite1h: null, webSearch: null };
    const table = new PriceTable(
      [
        { model: 'claude-*-5', input: 1, output: 2, ...rest },
        { model: '*', input: 3, output: 4, ...rest },
      ],
      null,
    );
    expect(table.price(TOKENS, asked('claude-opus-5-5'))).toMatchObject({
      usd: 3,
      version: 'config',
    });
    expect(table.price(TOKENS, asked('x.y'))).toMatchObject({ usd: 7, isExactModel: true });
  });
});

describe('the fetched price data', () => {
  it('replaces the built-in table and names itself by its content', () => {
    const path = join(tempFolder(), 'sub/prices.json');
    expect(readPriceData(path)).toBeNull();
    writePriceData(path, DATA);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const data = readPriceData(path);
    expect(data?.version).toMatch(/^genai-prices data [0-9a-f]{12}$/);
    const table = new PriceTable([], data);
    expect(table.price(TOKENS, asked('claude-sonnet-4-5'))).toMatchObject({ usd: 16 });
    expect(table.price(TOKENS, asked('claude-opus-5-5'))).toBeNull();
  });

  it.each([
    '',
    '{',
    '[]',
    '[{"id":"anthropic"}]',
    DATA.replaceAll('claude-sonnet-4-5', 'x'),
    'null',
  ])('that is none is refused: %s', (text) => {
    expect(parsePriceData(text)).toBeNull();
    const path = join(tempFolder(), 'prices.json');
    writeFileSync(path, text);
    expect(readPriceData(path)).toBeNull();
  });
});
