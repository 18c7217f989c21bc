import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../src/store/database.ts';
import { SegmentReader, SegmentStore } from '../../../src/store/segments/segment-store.ts';
import { tempFolder } from '../../helpers/store-items.ts';

let database: Database;
let store: SegmentStore;
let reader: SegmentReader;

beforeEach(() => {
  database = openDatabase(join(tempFolder(), 'sessions.db')).database;
  store = new SegmentStore(database);
  reader = new SegmentReader(database);
});

const longText = fc.string({ minLength: 500, maxLength: 700, unit: 'binary' });
const message = fc.record({
  role: fc.constantFrom('user', 'assistant'),
  content: fc.oneof(
    fc.string(),
    longText,
    fc.array(fc.record({ type: fc.string(), text: longText })),
  ),
});
const request = fc.record({ model: fc.string(), system: longText, messages: fc.array(message) });

function roundTrip(bytes: Buffer): void {
  expect(reader.get(store.putBody(bytes).segment).equals(bytes)).toBe(true);
}

describe('SegmentStore', () => {
  it('gives back any JSON, however it is spaced', () => {
    const value = fc.oneof(
      request,
      fc.anything().filter((one) => JSON.stringify(one) !== undefined),
    );
    fc.assert(
      fc.property(value, fc.constantFrom('', 1, '\t'), (one, space) => {
        roundTrip(Buffer.from(JSON.stringify(one, jsonSafe, space)));
      }),
      { numRuns: 150 },
    );
  });

  it('gives back any bytes, also JSON cut off or damaged anywhere', () => {
    fc.assert(
      fc.property(request, fc.nat(), fc.uint8Array(), (one, place, noise) => {
        const bytes = Buffer.from(JSON.stringify(one));
        roundTrip(bytes.subarray(0, place % bytes.length));
        roundTrip(Buffer.concat([bytes.subarray(0, place % bytes.length), noise, bytes]));
        roundTrip(Buffer.from(noise));
      }),
      { numRuns: 150 },
    );
  });

  it('stores what two bodies share once', () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 2 }), fc.string(), (messages, model) => {
        store.putBody(Buffer.from(JSON.stringify({ model, messages: messages.slice(0, -1) })));
        const before = count();
        const { layout } = store.putBody(Buffer.from(JSON.stringify({ model, messages })));
        const last = JSON.stringify(messages.at(-1));
        // New are at most: the last message, its long strings, and the body itself.
        const strings = last.split('"').filter((part) => part.length > 400).length;
        expect(count() - before).toBeLessThanOrEqual(2 + strings * 2);
        expect(layout.spans).toHaveLength(messages.length);
      }),
      { numRuns: 60 },
    );
  });

  it('stores a long text once when only a cache_control marker moved', () => {
    const text = Array.from({ length: 900 }, (_, index) => (index * 7919).toString(36)).join(' ');
    const body = (marker: object) =>
      Buffer.from(JSON.stringify({ messages: [{ content: [{ type: 'text', text, ...marker }] }] }));
    store.putBody(body({ cache_control: { type: 'ephemeral' } }));
    const before = size();
    store.putBody(body({}));
    expect(size() - before).toBeLessThan(200);
  });

  it('shares the long texts of an answer with the request that sends them back', () => {
    const text = 'A long answer with many words. '.repeat(40);
    const parts = store.putJson(Buffer.from(JSON.stringify([{ type: 'text', text }])));
    const before = size();
    store.putBody(
      Buffer.from(JSON.stringify({ messages: [{ role: 'assistant', content: text }] })),
    );
    expect(size() - before).toBeLessThan(150);
    expect(JSON.parse(reader.get(parts).toString())).toEqual([{ type: 'text', text }]);
  });

  it('knows after a rollback that what it wrote is gone', () => {
    const body = Buffer.from(
      JSON.stringify({ messages: [{ role: 'user', content: 'hello there' }] }),
    );
    const failing = database.transaction(() => {
      store.putBody(body);
      throw new Error('disk full');
    });
    expect(failing).toThrow('disk full');
    store.forget();
    roundTrip(body);
  });

  it('says which segment is missing or damaged', () => {
    const key = store.put(Buffer.from('some content'));
    expect(() => reader.get(key + 1)).toThrow('is missing');
    database.prepare('UPDATE segments SET size = 3').run();
    expect(() => reader.get(key)).toThrow('is damaged');
  });
});

function count(): number {
  return Number(database.prepare('SELECT count(*) FROM segments').pluck().get());
}

function size(): number {
  return Number(database.prepare('SELECT sum(length(content)) FROM segments').pluck().get());
}

function jsonSafe(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
