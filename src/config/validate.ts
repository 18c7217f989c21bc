/**
 * A layer of values against the schema, its problems in a person's words and with their places.
 * Each layer is checked on its own, so a wrong line in the file is reported even where a variable
 * or a flag wins over it.
 */
import type { z } from 'zod';
import { nearest } from '../core/nearest.ts';
import type { Diagnostic, Source } from './diagnostics.ts';
import type { ConfigSchema } from './schema.ts';
import { childNames, type KeyInfo } from './schema-keys.ts';
import { isValues, joinPath, type Values } from './values.ts';

/** One origin of values, and how to find the place of each. */
export interface Layer {
  readonly values: Values;
  readonly locate: (path: readonly string[]) => Source;
}

/** Values of these keys may carry a secret: messages never repeat them. */
const SECRET = /^(?:api_key|auth_token|base_url|hmac_secret)$/;
const MAX_SHOWN = 60;

export function validateLayer(
  schema: ConfigSchema,
  keys: readonly KeyInfo[],
  layer: Layer,
): Diagnostic[] {
  const result = schema.safeParse(layer.values);
  if (result.success) return [];
  return result.error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((name) => unknownKey([...path, name], keys, layer));
    }
    const message = `${wordsOf(issue)}${shownValue(layer.values, path)}`;
    return [{ severity: 'error', source: layer.locate(path), key: joinPath(path), message }];
  });
}

function unknownKey(path: readonly string[], keys: readonly KeyInfo[], layer: Layer): Diagnostic {
  const name = path.at(-1) ?? '';
  const near = nearest(name, childNames(keys, path.slice(0, -1)));
  const suggestion = near ?? elsewhere(name, keys);
  return {
    severity: 'error',
    source: layer.locate(path),
    key: joinPath(path),
    message: `no such key${suggestion === null ? '' : `. Did you mean ${suggestion}?`}`,
    ...(suggestion === null ? {} : { suggestion }),
  };
}

/** The right name at the wrong place: its full path. */
function elsewhere(name: string, keys: readonly KeyInfo[]): string | null {
  const key = keys.find(({ path }) => path.at(-1) === name);
  return key === undefined ? null : joinPath(key.path).replaceAll('*', '<name>');
}

function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `expected one of ${issue.values.join(', ')}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  if (issue.code === 'too_small' && issue.origin === 'string') return 'must not be empty';
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}`;
  if (issue.code === 'invalid_key') return 'a name has letters, digits, - and _ (64 at most)';
  if (issue.code === 'invalid_type') return `expected ${typeName(issue.expected)}`;
  return issue.message;
}

function typeName(expected: string): string {
  const names: Record<string, string> = {
    number: 'a whole number',
    int: 'a whole number',
    boolean: 'true or false',
    string: 'text',
    array: 'a list',
    object: 'a section of keys',
    record: 'a section of keys',
  };
  return names[expected] ?? expected;
}

function shownValue(values: Values, path: readonly string[]): string {
  if (path.some((name) => SECRET.test(name))) return '';
  const value = path.reduce<unknown>(
    (at, name) => (isValues(at) ? at[name] : Array.isArray(at) ? at[Number(name)] : undefined),
    values,
  );
  if (value === undefined) return '';
  const text = JSON.stringify(value) ?? '';
  return text.length > MAX_SHOWN ? '' : `, not ${text}`;
}
