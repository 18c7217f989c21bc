/** Deletes the segments that nothing refers to any more: neither a row nor a recipe that is in use. */
import type { Database } from '../database.ts';
import { SegmentReader } from '../segments/segment-store.ts';

/** Columns that name a segment by its key. */
const REFERENCES = [
  'SELECT request_segment FROM exchanges WHERE request_segment IS NOT NULL',
  'SELECT response_segment FROM exchanges WHERE response_segment IS NOT NULL',
  'SELECT parts_segment FROM exchanges WHERE parts_segment IS NOT NULL',
  'SELECT segment_key FROM docs',
];
const PACKED_HEADERS = [
  'SELECT request_headers FROM exchanges',
  'SELECT response_headers FROM exchanges WHERE response_headers IS NOT NULL',
];

/** Runs inside the caller's transaction; returns how many were deleted. */
export function deleteUnusedSegments(database: Database): number {
  const used = usedSegments(database);
  const keys: unknown[] = database.prepare('SELECT segment_key FROM segments').pluck().all();
  const remove = database.prepare<[number]>('DELETE FROM segments WHERE segment_key = ?');
  const unused = keys.map(Number).filter((key) => !used.has(key));
  for (const key of unused) remove.run(key);
  return unused.length;
}

function usedSegments(database: Database): Set<number> {
  const reader = new SegmentReader(database);
  const used = new Set<number>();
  const waiting: number[] = [];
  const add = (key: number): void => {
    if (used.has(key)) return;
    used.add(key);
    waiting.push(key);
  };
  for (const sql of REFERENCES) {
    const keys: unknown[] = database.prepare(sql).pluck().all();
    keys.map(Number).forEach(add);
  }
  for (const sql of PACKED_HEADERS) {
    const packed: unknown[] = database.prepare(sql).pluck().all();
    // The first four bytes name the list that the rest is a difference to (sqlite/headers.ts).
    for (const bytes of packed) if (Buffer.isBuffer(bytes)) add(bytes.readUInt32BE(0));
  }
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    reader.references(key).forEach(add);
  }
  return used;
}
