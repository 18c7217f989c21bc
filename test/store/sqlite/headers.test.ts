import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../src/store/database.ts';
import { SegmentReader, SegmentStore } from '../../../src/store/segments/segment-store.ts';
import { HeaderWriter, unpackHeaders } from '../../../src/store/sqlite/headers.ts';
import { tempFolder } from '../../helpers/store-items.ts';

let database: Database;
let writer: HeaderWriter;

beforeEach(() => {
  database = openDatabase(join(tempFolder(), 'sessions.db')).database;
  writer = new HeaderWriter(new SegmentStore(database));
});

describe('headers', () => {
  it('come back as they were, order, case and repeats included', () => {
    const list = fc.array(fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(fc.array(list, { maxLength: 6 }), (lists) => {
        const reader = new SegmentReader(database);
        for (const one of lists) {
          expect(unpackHeaders(writer.pack(one, 'family'), reader)).toEqual(
            one.map((text) => text.toWellFormed()),
          );
        }
      }),
    );
  });

  it('of one client cost little after the first time', () => {
    const make = (n: number) => [
      ...Array.from({ length: 30 }, (_, index) => [
        `X-Header-${index}`,
        `value ${index * 7919}`,
      ]).flat(),
      'content-length',
      String(50_000 + n),
      'x-request-id',
      `req_${n * 7919}`,
    ];
    writer.pack(make(0), 'family');
    const sizes = Array.from({ length: 50 }, (_, n) => writer.pack(make(n + 1), 'family').length);
    expect(Math.max(...sizes)).toBeLessThan(80);
    expect(writer.pack(make(0), 'family')).toHaveLength(4);
    expect(database.prepare('SELECT count(*) FROM segments').pluck().get()).toBe(1);
  });
});
