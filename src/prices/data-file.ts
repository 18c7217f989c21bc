/**
 * The price data that `lunaroute prices update` fetches: one JSON file in the data folder, in
 * genai-prices' own format. A file that is missing or broken means the prices inside the package.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { calcPrice, type Provider, REMOTE_DATA_JSON_URL } from '@pydantic/genai-prices';
import { replaceWhole } from '../files/whole-file.ts';
import type { PriceData } from './table.ts';

/** Where genai-prices publishes its data. */
export const PRICE_DATA_URL = REMOTE_DATA_JSON_URL;

/** Null when there is none, or none that can be used. */
export function readPriceData(path: string): PriceData | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null;
  }
  return parsePriceData(text);
}

/** Null when the text is no price data, or does not price a well-known model. */
export function parsePriceData(text: string): PriceData | null {
  try {
    const value: unknown = JSON.parse(text);
    if (!isProviders(value)) return null;
    const provider = value.find(({ id }) => id === 'anthropic');
    if (provider === undefined) return null;
    const probe = calcPrice({ input_tokens: 1, output_tokens: 1 }, 'claude-sonnet-4-5', {
      provider,
    });
    const digest = createHash('sha256').update(text).digest('hex').slice(0, 12);
    return probe === null ? null : { version: `genai-prices data ${digest}`, providers: value };
  } catch {
    return null;
  }
}

function isProviders(value: unknown): value is Provider[] {
  return (
    Array.isArray(value) &&
    value.every(
      (item: unknown) =>
        typeof item === 'object' &&
        item !== null &&
        'id' in item &&
        typeof item.id === 'string' &&
        'api_pattern' in item &&
        typeof item.api_pattern === 'string' &&
        'models' in item &&
        Array.isArray(item.models),
    )
  );
}

/** A reader never sees half a file. */
export function writePriceData(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  replaceWhole(path, text);
}
