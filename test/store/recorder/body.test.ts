import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyBuffer } from '../../../src/store/recorder/body.ts';

const chunks = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 8 });

describe('BodyBuffer', () => {
  it('keeps a beginning up to the cap, and length and hash of everything', () => {
    fc.assert(
      fc.property(chunks, fc.nat(10_000), (parts, cap) => {
        const body = new BodyBuffer(cap);
        const all = Buffer.concat(parts);
        for (const part of parts) {
          body.add(part);
          // The slab that a chunk came in is used again.
          part.fill(0);
        }
        expect(Buffer.from(body.bytes())).toEqual(all.subarray(0, cap));
        expect(body.facts()).toEqual({
          bytes: all.length,
          sha256: createHash('sha256').update(all).digest('hex'),
          truncated: all.length > cap,
        });
      }),
    );
  });

  it('keeps nothing after a gap, and claims no hash', () => {
    const body = new BodyBuffer(100);
    body.add(Buffer.from('before'));
    body.drop(10);
    body.add(Buffer.from('after'));
    expect(Buffer.from(body.bytes()).toString()).toBe('before');
    expect(body.facts()).toEqual({ bytes: 21, sha256: null, truncated: true });
  });
});
