/**
 * The stored form of one segment: raw, deflate or zstd, plain content or a recipe, answers with what
 * they say as the dictionary. Whether compression pays is decided here; no SQL.
 */
import {
  constants,
  deflateRawSync,
  inflateRawSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib';
import { ANSWER_DICTIONARY, MESSAGE_DICTIONARY } from './dictionary.ts';
import { decodeRecipe, encodeRecipe, type Piece } from './recipe.ts';

export interface PackedSegment {
  /** Of the content that was packed. */
  readonly size: number;
  readonly codec: number;
  readonly content: Uint8Array;
}

/** A stored segment whose text comes again, in pieces, in what is packed. */
export interface Source {
  readonly key: number;
  readonly content: Uint8Array;
}

/** Released numbers keep their meaning. */
const CODEC = {
  raw: 0,
  zstd: 1,
  recipe: 2,
  recipeZstd: 3,
  /** Raw deflate with MESSAGE_DICTIONARY. */
  short: 4,
  shortRecipe: 5,
  /** 6 bytes big-endian key of the source, then zstd with ANSWER_DICTIONARY and the source's content. */
  echo: 6,
} as const;
const RECIPES: ReadonlySet<number> = new Set([CODEC.recipe, CODEC.recipeZstd, CODEC.shortRecipe]);
const SHORT: ReadonlySet<number> = new Set([CODEC.short, CODEC.shortRecipe]);
const ZSTD: ReadonlySet<number> = new Set([CODEC.zstd, CODEC.recipeZstd]);
/** Below this a frame's own bytes eat the gain. */
const MIN_COMPRESSED_BYTES = 64;
/** Up to this deflate with a dictionary is smaller than zstd (measured 15 %), beyond it slower. */
const MAX_SHORT_BYTES = 2_048;
const WORTHWHILE = 0.95;
const KEY_BYTES = 6;
/** A dictionary is loaded with each use. */
const MAX_SOURCE_BYTES = 256 * 1024;
const LEVEL = constants.ZSTD_c_compressionLevel;
const LONG = { params: { [LEVEL]: 6 } };
/** A window of 8 kB holds the dictionary and the content. */
const DEFLATE = {
  dictionary: MESSAGE_DICTIONARY,
  windowBits: 13,
  memLevel: 6,
  // What comes out fits one: the default of 16 kB would be allocated each time.
  chunkSize: MAX_SHORT_BYTES + 64,
};

/** One content without references. */
export function packWhole(content: Uint8Array): PackedSegment {
  return { size: content.length, ...compressed(content, CODEC) };
}

/**
 * `pieces` joined are the content; `size` is its length. Null if the recipe, decoded, is not these
 * pieces again. (What zlib makes of it is trusted here; the hash of every body is checked when it is read.)
 */
export function pack(size: number, pieces: readonly Piece[]): PackedSegment | null {
  const recipe = encodeRecipe(pieces);
  if (!isSame(decodeRecipe(recipe), pieces)) return null;
  const codecs = { raw: CODEC.recipe, zstd: CODEC.recipeZstd, short: CODEC.shortRecipe };
  return { size, ...compressed(recipe, codecs) };
}

/**
 * Content that repeats a source in small pieces, as an answer's stream repeats what it says: measured
 * 300 bytes instead of 1,200 in the same time.
 */
export function packEcho(content: Uint8Array, source: Source): PackedSegment {
  if (content.length < MIN_COMPRESSED_BYTES || source.content.length > MAX_SOURCE_BYTES) {
    return packWhole(content);
  }
  const frame = zstdCompressSync(content, {
    params: { [LEVEL]: 6 },
    dictionary: Buffer.concat([ANSWER_DICTIONARY, source.content]),
  });
  // A stream that came compressed repeats nothing.
  if (frame.length >= content.length / 2) return packWhole(content);
  const key = Buffer.alloc(KEY_BYTES);
  key.writeUIntBE(source.key, 0, KEY_BYTES);
  return { size: content.length, codec: CODEC.echo, content: Buffer.concat([key, frame]) };
}

function isSame(decoded: readonly Piece[], pieces: readonly Piece[]): boolean {
  return (
    decoded.length === pieces.length &&
    decoded.every((piece, index) => {
      const other = pieces[index];
      if (typeof piece === 'number' || typeof other !== 'object') return piece === other;
      return Buffer.compare(piece, other) === 0;
    })
  );
}

interface Codecs {
  readonly raw: number;
  readonly zstd: number;
  readonly short: number;
}

function compressed(plain: Uint8Array, codecs: Codecs): Pick<PackedSegment, 'codec' | 'content'> {
  const raw = { codec: codecs.raw, content: plain };
  if (plain.length < MIN_COMPRESSED_BYTES) return raw;
  const isShort = plain.length <= MAX_SHORT_BYTES;
  const content = isShort ? deflateRawSync(plain, DEFLATE) : zstdCompressSync(plain, LONG);
  if (content.length >= plain.length * WORTHWHILE) return raw;
  return { codec: isShort ? codecs.short : codecs.zstd, content };
}

/** Whether its content names other segments. */
export const HAS_REFERENCES_SQL = `codec IN (${[...RECIPES, CODEC.echo].join(', ')})`;

/** The keys that a stored content names. Throws on content that is damaged. */
export function referencesOf(packed: Pick<PackedSegment, 'codec' | 'content'>): number[] {
  if (packed.codec === CODEC.echo) return [sourceOf(packed.content)];
  if (!RECIPES.has(packed.codec)) return [];
  return decodeRecipe(inflated(packed)).filter((piece) => typeof piece === 'number');
}

/** The content; `resolve` gives that of a referenced segment. */
export function unpack(packed: PackedSegment, resolve: (key: number) => Uint8Array): Buffer {
  const { codec, content } = packed;
  if (codec === CODEC.echo) {
    const dictionary = Buffer.concat([ANSWER_DICTIONARY, resolve(sourceOf(content))]);
    return zstdDecompressSync(content.subarray(KEY_BYTES), { dictionary });
  }
  const plain = inflated(packed);
  if (!RECIPES.has(codec)) return plain;
  return Buffer.concat(
    decodeRecipe(plain).map((piece) => (typeof piece === 'number' ? resolve(piece) : piece)),
  );
}

function inflated({ codec, content }: Pick<PackedSegment, 'codec' | 'content'>): Buffer {
  if (SHORT.has(codec)) return inflateRawSync(content, { dictionary: MESSAGE_DICTIONARY });
  return ZSTD.has(codec) ? zstdDecompressSync(content) : Buffer.from(content);
}

function sourceOf(content: Uint8Array): number {
  const { buffer, byteOffset, byteLength } = content;
  return Buffer.from(buffer, byteOffset, byteLength).readUIntBE(0, KEY_BYTES);
}
