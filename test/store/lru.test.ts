import { expect, it } from 'vitest';
import { LruMap } from '../../src/store/lru.ts';

it('keeps the entries used last, and no more than it may', () => {
  const map = new LruMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.get('a');
  map.set('c', 3);
  expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([1, undefined, 3]);
  map.delete('a');
  expect(map.get('a')).toBeUndefined();
  map.clear();
  expect(map.get('c')).toBeUndefined();
});
