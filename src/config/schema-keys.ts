/**
 * The schema read as a flat list of keys, for did-you-mean, help texts and for turning the text of
 * an environment variable into the type its key wants. Knows zod's shapes, so nothing else has to.
 */
import * as z from 'zod';

/** A path of keys; `*` stands for a provider's name or an index of a list. */
export type KeyPath = readonly string[];

export interface KeyInfo {
  readonly path: KeyPath;
  readonly kind: 'boolean' | 'number' | 'text' | 'section' | 'list';
  readonly description: string;
}

/** All keys and sections, in the schema's order. */
export function listKeys(schema: z.core.$ZodType, path: KeyPath = []): KeyInfo[] {
  const inner = unwrap(schema);
  const own: KeyInfo[] =
    path.length === 0 ? [] : [{ path, kind: kindOf(inner), description: descriptionOf(schema) }];
  return [
    ...own,
    ...childrenOf(inner).flatMap(([name, child]) => listKeys(child, [...path, name])),
  ];
}

/** The key at a path of real names and indexes, or undefined when there is none. */
export function findKey(keys: readonly KeyInfo[], path: KeyPath): KeyInfo | undefined {
  return keys.find((key) => matches(key.path, path));
}

/** Names that may stand directly below a path. */
export function childNames(keys: readonly KeyInfo[], path: KeyPath): string[] {
  return keys
    .filter((key) => key.path.length === path.length + 1 && matches(key.path.slice(0, -1), path))
    .map((key) => key.path.at(-1) ?? '');
}

function matches(pattern: KeyPath, path: KeyPath): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((name, index) => name === '*' || name === path[index])
  );
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const wraps =
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional;
  return wraps ? unwrap(schema.def.innerType) : schema;
}

function childrenOf(schema: z.core.$ZodType): [string, z.core.$ZodType][] {
  if (schema instanceof z.ZodObject) return Object.entries(schema.shape);
  if (schema instanceof z.ZodRecord) return [['*', schema.def.valueType]];
  if (schema instanceof z.ZodArray) return [['*', schema.def.element]];
  return [];
}

function kindOf(schema: z.core.$ZodType): KeyInfo['kind'] {
  if (schema instanceof z.ZodNumber) return 'number';
  if (schema instanceof z.ZodBoolean) return 'boolean';
  if (schema instanceof z.ZodArray) return 'list';
  return schema instanceof z.ZodObject || schema instanceof z.ZodRecord ? 'section' : 'text';
}

function descriptionOf(schema: z.core.$ZodType): string {
  return schema instanceof z.ZodType ? (schema.description ?? '') : '';
}
