/**
 * Header lists in a few dozen bytes. A client sends the same 30 headers with every request but for a
 * length and an id: the list is stored as the difference to an earlier one (raw deflate with that as
 * its dictionary). Measured: 1.2 kB of JSON become 30 to 80 bytes.
 *
 * Stored form: 4 bytes big-endian key of the segment with the earlier list, then the deflated list;
 * nothing after the key when the two are the same.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { LruMap } from '../lru.ts';
import type { SegmentReader, SegmentStore } from '../segments/segment-store.ts';

interface Base {
  readonly segment: number;
  readonly json: Buffer;
}

const KEY_BYTES = 4;
/** Small lists need no 256 kB of deflate's tables each time: half the time. Inflating takes any. */
const SMALL = { windowBits: 13, memLevel: 5, chunkSize: 1024 } as const;
/** A dictionary and a list of these fit the small window. */
const SMALL_BYTES = 3500;
const REMEMBERED_BASES = 256;
/** A difference larger than this share of the list means that the base has had its time. */
const POOR_SHARE = 0.3;
/** Bounds what a damaged row can inflate to; node:http's own limit for headers is far below. */
const MAX_JSON_BYTES = 1024 * 1024;

export class HeaderWriter {
  readonly #segments: SegmentStore;
  readonly #bases = new LruMap<string, Base>(REMEMBERED_BASES);

  constructor(segments: SegmentStore) {
    this.#segments = segments;
  }

  /** `family`: lists that are alike (same client and provider, same direction). */
  pack(headers: readonly string[], family: string): Buffer {
    const json = Buffer.from(JSON.stringify(headers));
    const base = this.#bases.get(family);
    if (base?.json.equals(json)) return keyBytes(base.segment);
    if (base !== undefined) {
      const isSmall = Math.max(json.length, base.json.length) <= SMALL_BYTES;
      const difference = deflateRawSync(json, {
        dictionary: base.json,
        ...(isSmall ? SMALL : {}),
      });
      if (difference.length < json.length * POOR_SHARE) {
        return Buffer.concat([keyBytes(base.segment), difference]);
      }
    }
    const segment = this.#segments.put(json);
    this.#bases.set(family, { segment, json });
    return keyBytes(segment);
  }

  /** Forgets the bases: needed after a rollback. */
  forget(): void {
    this.#bases.clear();
  }
}

/** The segment that a packed list needs to be read back. */
export function headerSegment(packed: Uint8Array): number {
  return Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength).readUInt32BE(0);
}

/** The list that was packed. Throws when it is damaged. */
export function unpackHeaders(packed: Uint8Array, segments: SegmentReader): string[] {
  const bytes = Buffer.from(packed);
  const dictionary = segments.get(headerSegment(bytes));
  const difference = bytes.subarray(KEY_BYTES);
  const json =
    difference.length === 0
      ? dictionary
      : inflateRawSync(difference, { dictionary, maxOutputLength: MAX_JSON_BYTES });
  const list: unknown = JSON.parse(json.toString('utf8'));
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

function keyBytes(segment: number): Buffer {
  const bytes = Buffer.alloc(KEY_BYTES);
  bytes.writeUInt32BE(segment);
  return bytes;
}
