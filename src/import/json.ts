/** Looking into foreign JSON: whatever is not as expected is missing. */
import { BadLine } from './turn.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Throws a BadLine for what is not an object. */
export function parseLine(text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadLine('not JSON');
  }
  const object = asObject(value);
  if (object === null) throw new BadLine('not a JSON object');
  return object;
}

export function asObject(value: unknown): Json | null {
  return isObject(value) ? value : null;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text that is not empty. */
export function asText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Epoch milliseconds of a timestamp. Throws a BadLine: without one nothing has its place. */
export function timeOf(value: unknown): number {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) throw new BadLine('no timestamp');
  return at;
}
