/**
 * Plain nested values and paths into them: what a layer of configuration (file, environment, flags)
 * is before the schema has seen it. Never follows `__proto__` and never changes its arguments.
 */
import type { KeyInfo } from './schema-keys.ts';

export type Values = { readonly [key: string]: unknown };

export function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function joinPath(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}

/** `base` with everything in `over` put over it; lists and scalars replace, sections merge. */
export function mergeValues(base: Values, over: Values): Values {
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) {
    const below = merged.get(key);
    merged.set(key, isValues(below) && isValues(value) ? mergeValues(below, value) : value);
  }
  return Object.fromEntries(merged);
}

/** A nested value with one leaf. */
export function valueAt(path: readonly string[], leaf: unknown): Values {
  const [head = '', ...rest] = path;
  return { [head]: rest.length === 0 ? leaf : valueAt(rest, leaf) };
}

/** Paths of all leaves; a list or an empty section is one leaf. */
export function leafPaths(values: Values, path: readonly string[] = []): string[][] {
  return Object.entries(values).flatMap(([key, value]) => {
    const here = [...path, key];
    const isSection = isValues(value) && Object.keys(value).length > 0;
    return isSection ? leafPaths(value, here) : [here];
  });
}

const TRUE = /^(?:true|1|yes|on)$/i;
const FALSE = /^(?:false|0|no|off)$/i;

/** Text as the type its key wants; text that does not fit stays text, for the schema to refuse. */
export function convertText(text: string, kind: KeyInfo['kind'] | undefined): unknown {
  if (kind === 'number') return /^\s*-?\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) : text;
  if (kind === 'list') return text.split(',').map((item) => item.trim());
  if (kind !== 'boolean') return text;
  if (TRUE.test(text)) return true;
  return FALSE.test(text) ? false : text;
}
