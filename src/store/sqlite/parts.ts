/**
 * The assembled answer as it is stored: the JSON text of its parts. Reading narrows, since a file may
 * have been changed by hand: what is no part is left out.
 */
import type { Part } from '../../core/conversation.ts';

export function partsToJson(parts: readonly Part[]): Buffer {
  return Buffer.from(JSON.stringify(parts));
}

export function partsFromJson(json: Uint8Array): Part[] {
  const value: unknown = JSON.parse(Buffer.from(json).toString('utf8'));
  return Array.isArray(value) ? value.filter(isPart) : [];
}

const STRING_FIELDS: Readonly<Record<string, readonly string[]>> = {
  text: ['text'],
  thinking: ['text'],
  'tool-call': ['id', 'name', 'arguments'],
  'tool-result': ['id', 'text'],
  media: ['label'],
};

function isPart(value: unknown): value is Part {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  const type = fields.get('type');
  if (typeof type !== 'string' || !Object.hasOwn(STRING_FIELDS, type)) return false;
  const names = STRING_FIELDS[type] ?? [];
  return names.every((name) => typeof fields.get(name) === 'string');
}
