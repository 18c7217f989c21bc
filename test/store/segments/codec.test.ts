import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  pack,
  packEcho,
  packWhole,
  referencesOf,
  unpack,
} from '../../../src/store/segments/codec.ts';
import { encodeRecipe } from '../../../src/store/segments/recipe.ts';

const none = (key: number): Uint8Array => expect.unreachable(`asked for ${key}`);
const text = (length: number): Buffer =>
  Buffer.from('{"role":"user","content":"what was said"},'.repeat(length / 40));

describe('codec', () => {
  it('gives every content back', () => {
    const contents = fc.oneof(
      fc.uint8Array({ maxLength: 5_000 }),
      fc.string({ unit: 'grapheme', maxLength: 5_000 }).map((string) => Buffer.from(string)),
      fc.integer({ min: 0, max: 20_000 }).map(text),
    );
    fc.assert(
      fc.property(contents, contents, (content, said) => {
        expect(unpack(packWhole(content), none).equals(content)).toBe(true);
        const echo = packEcho(content, { key: 2 ** 40, content: said });
        expect(unpack(echo, () => said).equals(content)).toBe(true);
      }),
    );
  });

  it('reads what earlier versions wrote', () => {
    const content = text(4_000);
    const recipe = encodeRecipe([Buffer.from('['), 7, Buffer.from(','), 9, Buffer.from(']')]);
    const read = (codec: number, stored: Uint8Array) =>
      unpack({ size: 0, codec, content: stored }, (key) => Buffer.from(`<${key}>`)).toString();
    expect(read(0, content)).toBe(content.toString());
    expect(read(1, zstdCompressSync(content))).toBe(content.toString());
    expect(read(2, recipe)).toBe('[<7>,<9>]');
    expect(read(3, zstdCompressSync(recipe))).toBe('[<7>,<9>]');
    expect(referencesOf({ codec: 3, content: zstdCompressSync(recipe) })).toEqual([7, 9]);
  });

  it('names what it was made from', () => {
    const pieces = [Buffer.from(`[${text(200)}`), 3, Buffer.from(',\n'), 5];
    const recipe = pack(0, pieces);
    if (recipe === null) return expect.unreachable();
    expect(recipe.codec).toBe(5);
    expect(referencesOf(recipe)).toEqual([3, 5]);
    const echo = packEcho(text(4_000), { key: 11, content: text(80) });
    expect(referencesOf(echo)).toEqual([11]);
    expect(referencesOf(packWhole(text(80)))).toEqual([]);
  });

  it('says a stream in a fraction of what it says', () => {
    const said = Array.from(
      { length: 300 },
      (_, at) => `w${((at * 2_654_435_761) >>> 0).toString(36)}`,
    ).join(' ');
    const stream = Buffer.from(
      (said.match(/.{1,20}/gs) ?? [])
        .map(
          (piece) =>
            `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":${JSON.stringify(piece)}}}\n\n`,
        )
        .join(''),
    );
    const source = { key: 1, content: Buffer.from(JSON.stringify([{ type: 'text', text: said }])) };
    const echo = packEcho(stream, source).content.length;
    expect(echo).toBeLessThan(packWhole(stream).content.length / 3);
  });
});
