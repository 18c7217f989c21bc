/**
 * Content-addressed storage: whatever is put is stored once and comes back byte for byte. A JSON
 * body becomes a recipe of its elements, an element a recipe of its long strings; everything else is
 * stored whole. A recipe is decoded and compared before it is trusted. Runs inside the
 * caller's transaction: after a rollback call forget(), since remembered keys may be gone.
 */
import type { Database, Statement } from '../database.ts';
import { LruMap } from '../lru.ts';
import { type PackedSegment, pack, packEcho, packWhole, type Source, unpack } from './codec.ts';
import { DIGEST_BYTES, digestOf, type Piece, type Range } from './piece.ts';
import type { Piece as RecipePiece } from './recipe.ts';
import { type Layout, type Span, scan, scanStrings } from './scan.ts';

/** A range of a content and the segment that holds it. */
interface Stored extends Range {
  readonly segment: number;
}

/** A piece of a body and the segment that holds it. */
interface StoredSpan extends Span {
  readonly segment: number;
}

/** The pieces of a body, stored. */
export interface StoredLayout extends Layout {
  readonly spans: readonly StoredSpan[];
}

export interface StoredBody {
  readonly segment: number;
  readonly layout: StoredLayout;
}

/** What is known of a body before it is stored. */
export interface KnownBody {
  /** Where to cut it. */
  readonly layout?: Layout | null | undefined;
  /** Its sha256 in hex. */
  readonly sha256?: string | null | undefined;
  /** A stored segment that says the same, as the parts of an answer do of its stream. */
  readonly source?: Source | undefined;
}

/** Keys known without asking SQLite: about 15 MB when full. */
const REMEMBERED_KEYS = 100_000;
/** A literal of a body's skeleton this long (model, metadata, settings) repeats too. */
const SHARED_LITERAL_BYTES = 64;
/** Body, element, string. Deeper means a damaged database. */
const MAX_DEPTH = 3;

export class SegmentStore {
  readonly #keys = new LruMap<string, number>(REMEMBERED_KEYS);
  /** Of pieces that are sent again, without a look at their bytes. */
  #pieces = new WeakMap<Piece, number>();
  readonly #database: Database;
  readonly #find: Statement<[Uint8Array, number], { segment_key: number }>;
  readonly #insert: Statement<[Uint8Array, number, number, Uint8Array]>;

  constructor(database: Database) {
    this.#database = database;
    this.#find = database.prepare('SELECT segment_key FROM segments WHERE hash = ? AND size = ?');
    this.#insert = database.prepare(
      'INSERT INTO segments (hash, size, codec, content) VALUES (?, ?, ?, ?)',
    );
  }

  /** Stores `bytes` whole, without looking inside. */
  put(bytes: Uint8Array): number {
    return this.#putParts(bytes, digestOf(bytes), () => []);
  }

  /** Stores JSON of our own making: long strings by themselves, the rest together. */
  putJson(bytes: Uint8Array): number {
    return this.#putParts(bytes, digestOf(bytes), () => this.#putRanges(bytes, scanStrings(bytes)));
  }

  /** Stores a body by its pieces where it is a JSON object, else whole. */
  putBody(bytes: Uint8Array, known: KnownBody = {}): StoredBody {
    const digest = known.sha256?.slice(0, DIGEST_BYTES * 2) ?? digestOf(bytes);
    const layout = this.putLayout(bytes, known.layout);
    const stored = (): Stored[] =>
      layout.spans.length === 0
        ? []
        : fillGaps(bytes.length, layout.spans, (gap) => ({
            ...gap,
            segment: this.put(slice(bytes, gap)),
          }));
    const { source } = known;
    const isStream = layout.spans.length === 0 && source !== undefined;
    const pack = isStream ? () => packEcho(bytes, source) : () => packFaithfully(bytes, stored());
    return { segment: this.#putOnce(bytes, digest, pack), layout };
  }

  /** Stores only the pieces of a JSON body, not the body. */
  putLayout(bytes: Uint8Array, known?: Layout | null): StoredLayout {
    const layout = known ?? scan(bytes);
    // All strings before all elements: the elements of a body get consecutive keys, and a run of
    // consecutive keys costs next to nothing in every later request.
    const strings = layout.spans.map((span) => this.#putStrings(bytes, span));
    const spans = layout.spans.map((span, index) => {
      const segment = this.#putPiece(bytes, span, strings[index] ?? []);
      const { start, end, property, kind, index: place, piece } = span;
      return { start, end, property, kind, index: place, piece, segment };
    });
    return { ...layout, spans };
  }

  /** Stores a segment anew without a source: whoever deletes that must not leave it referred to. */
  detach(segment: number): void {
    const { codec, content } = packWhole(new SegmentReader(this.#database).get(segment));
    this.#database
      .prepare<[number, Uint8Array, number]>(
        'UPDATE segments SET codec = ?, content = ? WHERE segment_key = ?',
      )
      .run(codec, content, segment);
  }

  /** Forgets all remembered keys. */
  forget(): void {
    this.#keys.clear();
    this.#pieces = new WeakMap();
  }

  /** Long strings of an element that is new; a known element needs no look inside. */
  #putStrings(bytes: Uint8Array, span: Span): Stored[] {
    const { strings } = span.piece;
    if (strings.length === 0 || this.#pieces.has(span.piece)) return [];
    const element = slice(bytes, span);
    if (this.#keyOf(span.piece.digest(element), element.length) !== undefined) return [];
    return this.#putRanges(element, strings);
  }

  #putPiece(bytes: Uint8Array, span: Span, strings: readonly Stored[]): number {
    const known = this.#pieces.get(span.piece);
    if (known !== undefined) return known;
    const element = slice(bytes, span);
    const key = this.#putParts(element, span.piece.digest(element), () => strings);
    this.#pieces.set(span.piece, key);
    return key;
  }

  #putRanges(bytes: Uint8Array, ranges: readonly Range[]): Stored[] {
    return ranges.map((range) => ({ ...range, segment: this.put(slice(bytes, range)) }));
  }

  #keyOf(digest: string, size: number): number | undefined {
    const remembered = this.#keys.get(digest);
    if (remembered !== undefined) return remembered;
    const key = this.#find.get(Buffer.from(digest, 'hex'), size)?.segment_key;
    if (key !== undefined) this.#keys.set(digest, key);
    return key;
  }

  #putParts(bytes: Uint8Array, digest: string, stored: () => readonly Stored[]): number {
    return this.#putOnce(bytes, digest, () => packFaithfully(bytes, stored()));
  }

  #putOnce(bytes: Uint8Array, digest: string, pack: () => PackedSegment): number {
    const known = this.#keyOf(digest, bytes.length);
    if (known !== undefined) return known;
    const { codec, content } = pack();
    const result = this.#insert.run(Buffer.from(digest, 'hex'), bytes.length, codec, content);
    const key = Number(result.lastInsertRowid);
    this.#keys.set(digest, key);
    return key;
  }
}

/** The read side; works on a read-only connection. */
export class SegmentReader {
  readonly #read: Statement<[number], PackedSegment>;

  constructor(database: Database) {
    this.#read = database.prepare(
      'SELECT size, codec, content FROM segments WHERE segment_key = ?',
    );
  }

  /** The bytes that were put. Throws when the segment is missing or damaged. */
  get(segment: number): Buffer {
    return this.#get(segment, 0);
  }

  #get(segment: number, depth: number): Buffer {
    const packed = this.#read.get(segment);
    if (packed === undefined) throw new Error(`segment ${segment} is missing`);
    if (depth > MAX_DEPTH) throw new Error(`segment ${segment} is nested too deep`);
    const bytes = unpack(packed, (key) => this.#get(key, depth + 1));
    if (bytes.length !== packed.size) throw new Error(`segment ${segment} is damaged`);
    return bytes;
  }
}

function slice(bytes: Uint8Array, range: Range): Uint8Array {
  return bytes.subarray(range.start, range.end);
}

/** The stored ranges, and those that `store` makes of the long gaps before, between and after them. */
function fillGaps(
  length: number,
  spans: readonly Stored[],
  store: (gap: Range) => Stored,
): Stored[] {
  const filled: Stored[] = [];
  let at = 0;
  for (const span of [...spans, { start: length, end: length, segment: 0 }]) {
    if (span.start - at >= SHARED_LITERAL_BYTES) filled.push(store({ start: at, end: span.start }));
    if (span.end > span.start) filled.push(span);
    at = span.end;
  }
  return filled;
}

/** `bytes` as the stored ranges and the literals between them; null unless the ranges are in order. */
function piecesOf(bytes: Uint8Array, stored: readonly Stored[]): RecipePiece[] | null {
  const pieces: RecipePiece[] = [];
  let at = 0;
  for (const range of stored) {
    if (range.start < at || range.end > bytes.length) return null;
    if (range.start > at) pieces.push(bytes.subarray(at, range.start));
    pieces.push(range.segment);
    at = range.end;
  }
  if (at < bytes.length) pieces.push(bytes.subarray(at));
  return pieces;
}

/** Falls back to the whole bytes if a recipe would not give them back. */
function packFaithfully(bytes: Uint8Array, stored: readonly Stored[]): PackedSegment {
  const pieces = stored.length === 0 ? null : piecesOf(bytes, stored);
  return (pieces === null ? null : pack(bytes.length, pieces)) ?? packWhole(bytes);
}
