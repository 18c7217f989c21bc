/**
 * The stored form of one segment: raw or zstd, plain content or a recipe. Whether compression pays is
 * decided here; no SQL.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { decodeRecipe, encodeRecipe, type Piece } from './recipe.ts';

export interface PackedSegment {
  /** Of the content that was packed. */
  readonly size: number;
  readonly codec: number;
  readonly content: Uint8Array;
}

const CODEC = { raw: 0, zstd: 1, recipe: 2, recipeZstd: 3 } as const;
/** Below this a zstd frame's own 10 bytes eat the gain. */
const MIN_COMPRESSED_BYTES = 64;
const WORTHWHILE = 0.95;
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };

/** One content without references. */
export function packWhole(content: Uint8Array): PackedSegment {
  return packRaw(content.length, compressed(content), content);
}

/**
 * `pieces` joined are the content; `size` is its length. Null if the recipe, decoded, is not these
 * pieces again. (What zstd makes of it is trusted here; the hash of every body is checked when it is read.)
 */
export function pack(size: number, pieces: readonly Piece[]): PackedSegment | null {
  const recipe = encodeRecipe(pieces);
  if (!isSame(decodeRecipe(recipe), pieces)) return null;
  const small = compressed(recipe);
  return small === null
    ? { size, codec: CODEC.recipe, content: recipe }
    : { size, codec: CODEC.recipeZstd, content: small };
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

function packRaw(size: number, small: Uint8Array | null, plain: Uint8Array): PackedSegment {
  return small === null
    ? { size, codec: CODEC.raw, content: plain }
    : { size, codec: CODEC.zstd, content: small };
}

/** Null when compression does not pay. */
function compressed(plain: Uint8Array): Uint8Array | null {
  if (plain.length < MIN_COMPRESSED_BYTES) return null;
  const small = zstdCompressSync(plain, ZSTD);
  return small.length < plain.length * WORTHWHILE ? small : null;
}

/** Whether its content names other segments. */
export const IS_RECIPE_SQL = `codec >= ${CODEC.recipe}`;

/** The keys that a stored recipe names. Throws on content that is none. */
export function referencesOf({
  codec,
  content,
}: Pick<PackedSegment, 'codec' | 'content'>): number[] {
  const recipe = codec === CODEC.recipeZstd ? zstdDecompressSync(content) : content;
  return decodeRecipe(recipe).filter((piece) => typeof piece === 'number');
}

/** The content; `resolve` gives that of a referenced segment. */
export function unpack(packed: PackedSegment, resolve: (key: number) => Uint8Array): Buffer {
  const { codec, content } = packed;
  const isCompressed = codec === CODEC.zstd || codec === CODEC.recipeZstd;
  const plain = isCompressed ? zstdDecompressSync(content) : Buffer.from(content);
  if (codec === CODEC.raw || codec === CODEC.zstd) return plain;
  return Buffer.concat(
    decodeRecipe(plain).map((piece) => (typeof piece === 'number' ? resolve(piece) : piece)),
  );
}
