/**
 * Narrowing of foreign JSON. Wire values are `unknown` until one of these has looked at them. They
 * read own properties only (a `__proto__` or `constructor` key in a body is data like any other),
 * never recurse without a limit and never throw.
 */
import { truncate } from '../core/text.ts';

export type JsonRecord = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value when it is a JSON object, else an empty one. */
export function recordOf(value: unknown): JsonRecord {
  return isRecord(value) ? value : {};
}

/** An own property of a JSON object; undefined for anything else. */
export function field(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The property when it is a JSON object, else null. */
export function recordField(value: unknown, key: string): JsonRecord | null {
  const found = field(value, key);
  return isRecord(found) ? found : null;
}

/** The property when it is an array, else an empty one. */
export function arrayField(value: unknown, key: string): readonly unknown[] {
  const found = field(value, key);
  return Array.isArray(found) ? found : [];
}

/** The property when it is a string, else null. */
export function stringField(value: unknown, key: string): string | null {
  const found = field(value, key);
  return typeof found === 'string' ? found : null;
}

/** The property when it is a string, else ''. */
export function textField(value: unknown, key: string): string {
  return stringField(value, key) ?? '';
}

/** The property when it is a non-empty string, else null. */
export function nameField(value: unknown, key: string): string | null {
  return stringField(value, key) || null;
}

/** The property when it is a count: an integer from 0 to 2^53 − 1. 1e400, "7", −1 and 0.5 are none. */
export function countField(value: unknown, key: string): number | null {
  const found = field(value, key);
  return typeof found === 'number' && Number.isSafeInteger(found) && found >= 0 ? found : null;
}

/** JSON text → value; undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Value → compact JSON text. JSON.stringify recurses, so an absurdly deep value gives a note instead. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '[nested too deeply to show]';
  }
}

const STRING_OR_SPACE = /"(?:[^"\\]|\\.)*"|\s+/g;

/**
 * Complete JSON without the white space between its tokens; other text as it is. Providers stream
 * tool arguments as `{"a": 1}` and send the same call unstreamed as an object: this makes the two
 * equal without touching a number's digits.
 */
export function compactJson(text: string): string {
  if (parseJson(text) === undefined) return text;
  return text.replace(STRING_OR_SPACE, (token) => (token.startsWith('"') ? token : ''));
}

/** No more than `depth` levels of arrays and objects: safe to clone to another thread. */
export function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1));
}

/** A short label from the words that are there: `label('image', null)` is `image`. */
export function label(...words: readonly (string | null)[]): string {
  return truncate(words.filter((word) => word !== null && word !== '').join(' '), 200);
}
