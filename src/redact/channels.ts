/**
 * Which string values of stream events continue each other: the pieces of one text, one thinking,
 * one tool call's arguments, in all three dialects. What a provider calls `delta` is a piece; its
 * indexes say of what.
 */
import type { Leaf } from './json-leaves.ts';

const INDEXES = ['index', 'output_index', 'content_index', 'summary_index', 'item_id'] as const;

/** The name of the text that the value is a piece of; null for a value that stands alone. */
export function channelOf(event: unknown, { path }: Leaf): string | null {
  const type = read(event, 'type');
  if (type === 'content_block_start' && path[0] === 'content_block') {
    // Anthropic: a block may begin with text; its deltas continue it.
    return JSON.stringify(['content_block_delta', read(event, 'index'), path.at(-1)]);
  }
  if (type === 'content_block_delta') {
    return JSON.stringify([type, read(event, 'index'), path.at(-1)]);
  }
  if (!path.includes('delta')) return null;
  const indexes: unknown[] = [type];
  let at = event;
  for (const step of path) {
    indexes.push(...INDEXES.map((name) => read(at, name)));
    at = read(at, step);
    // A list's own positions mean nothing where its elements carry an index.
    indexes.push(typeof step === 'number' ? (read(at, 'index') ?? step) : step);
  }
  return JSON.stringify(indexes);
}

function read(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}
