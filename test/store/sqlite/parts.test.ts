import { expect, it } from 'vitest';
import type { Part } from '../../../src/core/conversation.ts';
import { partsFromJson, partsToJson } from '../../../src/store/sqlite/parts.ts';

it('gives back parts of every type, and leaves out what is none', () => {
  const parts: Part[] = [
    { type: 'text', text: 'a' },
    { type: 'thinking', text: 'b' },
    { type: 'tool-call', id: '1', name: 'n', arguments: '{}' },
    { type: 'tool-result', id: '1', text: 'r', isError: null },
    { type: 'media', label: 'image' },
  ];
  expect(partsFromJson(partsToJson(parts))).toEqual(parts);
  const odd = [null, 1, [], {}, { type: 'text' }, { type: 'constructor', text: 'x' }, parts[0]];
  expect(partsFromJson(Buffer.from(JSON.stringify(odd)))).toEqual([parts[0]]);
  expect(partsFromJson(Buffer.from('{}'))).toEqual([]);
});
