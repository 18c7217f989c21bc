import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { type BodyColumns, readBody, readJson } from '../../src/store/bodies.ts';
import { openDatabase } from '../../src/store/database.ts';
import { SegmentReader, SegmentStore } from '../../src/store/segments/segment-store.ts';
import { tempFolder } from '../helpers/store-items.ts';

let store: SegmentStore;
let reader: SegmentReader;

beforeEach(() => {
  const { database } = openDatabase(join(tempFolder(), 'sessions.db'));
  store = new SegmentStore(database);
  reader = new SegmentReader(database);
});

function columns(body: Uint8Array): BodyColumns {
  return {
    bytes: body.length,
    sha256: null,
    truncated: 0,
    redacted: null,
    segment: store.put(body),
  };
}

describe('readJson', () => {
  it('gives null for what cannot be decoded or is no JSON', () => {
    const bomb = gzipSync(Buffer.alloc(70 * 1024 * 1024));
    expect(readJson(columns(bomb), ['content-encoding', 'gzip'], reader)).toBeNull();
    expect(
      readJson(columns(Buffer.from('{"a":1}')), ['content-encoding', 'lzma'], reader),
    ).toBeNull();
    expect(readJson(columns(Buffer.from('{"a":')), [], reader)).toBeNull();
    expect(readJson(columns(gzipSync('{"a":1}')), ['Content-Encoding', 'gzip'], reader)).toEqual({
      a: 1,
    });
  });
});

describe('readBody', () => {
  it('knows an empty body from one that was not stored', () => {
    const nothing: BodyColumns = {
      bytes: 0,
      sha256: null,
      truncated: 0,
      redacted: null,
      segment: null,
    };
    expect(readBody(nothing, reader)).toEqual(new Uint8Array(0));
    expect(readBody({ ...nothing, bytes: 5 }, reader)).toBeNull();
    expect(readBody({ ...nothing, bytes: null }, reader)).toBeNull();
  });
});
