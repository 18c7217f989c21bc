import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pack, packWhole, unpack } from '../../../src/store/segments/codec.ts';

const unresolved = () => {
  throw new Error('no reference expected');
};

describe('codec', () => {
  it('compresses what repeats, and keeps what does not as it is', () => {
    const text = Buffer.from('the same words again. '.repeat(100));
    const noise = randomBytes(2_000);
    expect(packWhole(text).content.length).toBeLessThan(100);
    expect(packWhole(noise).content).toBe(noise);
    for (const content of [text, noise, Buffer.alloc(0)]) {
      expect(unpack(packWhole(content), unresolved)).toEqual(content);
    }
  });

  it('puts referenced content in its place', () => {
    const packed = pack(6, [Buffer.from('['), 7, Buffer.from(','), 8, Buffer.from(']')]);
    expect(packed && unpack(packed, (key) => Buffer.from(`k${key}`)).toString()).toBe('[k7,k8]');
  });
});
