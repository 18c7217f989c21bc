/**
 * Content-encodings (RFC 9110 section 8.4.1): which were applied to a body, and undoing them on the
 * recorder's own copy. Output is bounded: 200 MB of zeros are 200 kB of gzip, so a small body may
 * hold any amount. Never touches the bytes that the client or provider gets.
 */
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { headerValues } from '../../dialects/headers.ts';

/** Decoded bytes that are looked at, per body. */
export const MAX_DECODED_BYTES = 64 * 1024 * 1024;
/** Nobody stacks more; each costs a decoder's memory. */
const MAX_CODINGS = 4;

/** Measured on 64 MB of zeros: 125 ms, with Node's default of 16 kB 350 ms. */
const CHUNK_BYTES = 64 * 1024;

interface DecodeOptions {
  readonly maxOutputLength: number;
  readonly finishFlush?: number;
}

interface Coding {
  decode(bytes: Uint8Array, options: DecodeOptions): Uint8Array;
  /** With this a stream that was cut gives what it has. */
  readonly lenient: number;
  /** A decoder that gives what it can of a stream that was cut, instead of an error. */
  makeStream(firstByte: number): Transform;
}

const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH, ZSTD_e_continue } = zlib.constants;

const GZIP: Coding = {
  lenient: Z_SYNC_FLUSH,
  decode: (bytes, options) => zlib.gunzipSync(bytes, options),
  makeStream: () => zlib.createGunzip({ finishFlush: Z_SYNC_FLUSH, chunkSize: CHUNK_BYTES }),
};

const CODINGS: ReadonlyMap<string, Coding> = new Map<string, Coding>([
  ['gzip', GZIP],
  ['x-gzip', GZIP],
  [
    'deflate',
    {
      lenient: Z_SYNC_FLUSH,
      decode: (bytes, options) =>
        isZlibWrapped(bytes[0] ?? 0)
          ? zlib.inflateSync(bytes, options)
          : zlib.inflateRawSync(bytes, options),
      makeStream: (firstByte) =>
        isZlibWrapped(firstByte)
          ? zlib.createInflate({ finishFlush: Z_SYNC_FLUSH, chunkSize: CHUNK_BYTES })
          : zlib.createInflateRaw({ finishFlush: Z_SYNC_FLUSH, chunkSize: CHUNK_BYTES }),
    },
  ],
  [
    'br',
    {
      lenient: BROTLI_OPERATION_FLUSH,
      decode: (bytes, options) => zlib.brotliDecompressSync(bytes, options),
      makeStream: () =>
        zlib.createBrotliDecompress({
          finishFlush: BROTLI_OPERATION_FLUSH,
          chunkSize: CHUNK_BYTES,
        }),
    },
  ],
  [
    'zstd',
    {
      lenient: ZSTD_e_continue,
      decode: (bytes, options) => zlib.zstdDecompressSync(bytes, options),
      makeStream: () =>
        zlib.createZstdDecompress({ finishFlush: ZSTD_e_continue, chunkSize: CHUNK_BYTES }),
    },
  ],
]);

/** The codings of a body in the order they were applied; empty when it is plain. */
export function contentCodings(headers: readonly string[]): string[] {
  return headerValues(headers, 'content-encoding')
    .flatMap((value) => value.split(','))
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
}

/** The body without its codings: the same array when there are none, null when it cannot be decoded. */
export function decodeBody(body: Uint8Array, codings: readonly string[]): Uint8Array | null {
  return decodeAll(body, codings, false);
}

/** As decodeBody(), but a body that was cut gives what its beginning holds. */
export function decodeBeginning(body: Uint8Array, codings: readonly string[]): Uint8Array | null {
  return decodeAll(body, codings, true);
}

function decodeAll(
  body: Uint8Array,
  codings: readonly string[],
  isLenient: boolean,
): Uint8Array | null {
  if (codings.length > MAX_CODINGS) return null;
  try {
    return codings.reduceRight((bytes, name) => {
      const coding = CODINGS.get(name);
      if (coding === undefined) throw new Error(`unknown content-encoding ${name}`);
      const finish = isLenient ? { finishFlush: coding.lenient } : {};
      return coding.decode(bytes, { maxOutputLength: MAX_DECODED_BYTES, ...finish });
    }, body);
  } catch {
    return null;
  }
}

/** True when every coding is known, so that a stream decoder can be made. */
export function canDecode(codings: readonly string[]): boolean {
  return codings.length <= MAX_CODINGS && codings.every((name) => CODINGS.has(name));
}

/** A decoder for one coding, or null for an unknown one. `firstByte` tells zlib from raw deflate. */
export function makeCodingStream(name: string, firstByte: number): Transform | null {
  return CODINGS.get(name)?.makeStream(firstByte) ?? null;
}

/** undefined when the bytes are not JSON (which itself can never be undefined). */
export function parseJson(bytes: Uint8Array): unknown {
  if (bytes.byteLength === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** RFC 1950: compression method 8 in the low half. Some servers send raw deflate (RFC 1951) instead. */
function isZlibWrapped(firstByte: number): boolean {
  return (firstByte & 0x0f) === 8;
}
