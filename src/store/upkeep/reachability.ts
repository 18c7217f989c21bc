/**
 * Which segments are still needed: those that exchanges and docs name, and what their recipes name
 * in turn. No foreign key points at a segment, so this walk is the only truth about them. Reads only.
 */
import type { Database, Statement } from '../database.ts';
import { HAS_REFERENCES_SQL, referencesOf } from '../segments/codec.ts';
import { headerSegment } from '../sqlite/headers.ts';

interface SegmentRow {
  readonly bytes: number;
  readonly codec: number;
  readonly recipe: Uint8Array | null;
}

/** The columns by which an exchange names segments. */
export interface RootRow {
  readonly request_segment: number | null;
  readonly response_segment: number | null;
  readonly parts_segment: number | null;
  readonly request_headers: Uint8Array;
  readonly response_headers: Uint8Array | null;
}

export const ROOT_COLUMNS =
  'request_segment, response_segment, parts_segment, request_headers, response_headers';

export class Reachability {
  /** Segments with a larger key came later: they are neither followed nor ever called unreachable. */
  readonly lastKey: number;
  readonly #reached: Uint8Array;
  readonly #read: Statement<[number], SegmentRow>;

  constructor(database: Database) {
    const last = database
      .prepare<[], { last: number | null }>('SELECT max(segment_key) AS last FROM segments')
      .get();
    this.lastKey = last?.last ?? 0;
    this.#reached = new Uint8Array(Math.ceil((this.lastKey + 1) / 8));
    this.#read = database.prepare(`
      SELECT length(content) AS bytes, codec, iif(${HAS_REFERENCES_SQL}, content, NULL) AS recipe
      FROM segments WHERE segment_key = ?`);
  }

  /** Reaches what an exchange needs; the stored bytes of segments that were not reached before. */
  addExchange(row: RootRow): number {
    const headers = [row.request_headers, row.response_headers];
    const named = headers.filter((packed) => packed !== null).map(headerSegment);
    return [row.request_segment, row.response_segment, row.parts_segment, ...named].reduce<number>(
      (bytes, key) => bytes + (key === null ? 0 : this.add(key)),
      0,
    );
  }

  /** Reaches one segment and what it is made of; the stored bytes that are new. */
  add(key: number): number {
    if (!this.#mark(key)) return 0;
    const row = this.#read.get(key);
    if (row === undefined) return 0;
    const inner =
      row.recipe === null ? [] : referencesOf({ codec: row.codec, content: row.recipe });
    return inner.reduce((bytes, part) => bytes + this.add(part), row.bytes);
  }

  isReached(key: number): boolean {
    return key > this.lastKey || ((this.#reached[key >> 3] ?? 0) & (1 << (key & 7))) !== 0;
  }

  /** False when it was reached before, or is none of those that are followed. */
  #mark(key: number): boolean {
    if (this.isReached(key)) return false;
    this.#reached[key >> 3] = (this.#reached[key >> 3] ?? 0) | (1 << (key & 7));
    return true;
  }
}
