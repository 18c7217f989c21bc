import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors.ts';
import type { RecorderStatus } from '../../../src/core/events.ts';
import { TAP_COUNTERS } from '../../../src/core/tap.ts';
import type { Sink, SinkItem } from '../../../src/store/sink.ts';
import {
  MemorySink,
  makeRecorder,
  type TestRecorder,
  userTurn,
} from '../../helpers/recorder-tap.ts';

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: something`), { code });
}

function withSinks(...sinks: Sink[]): TestRecorder {
  const names = ['JSONL', 'SQLite'];
  const slots = sinks.map((sink, i) => ({ name: names[i] ?? '', path: `/data/${names[i]}`, sink }));
  return makeRecorder({ slots });
}

async function record(test: TestRecorder, count: number, size = 10): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    await test.run({
      id: `x${i}`,
      request: userTurn('x'.repeat(size)),
      response: ['{"type":"message","id":"m"}'],
    });
  }
}

function statuses({ events }: TestRecorder): RecorderStatus[] {
  return events.flatMap((event) => (event.type === 'recorder.status' ? [event.status] : []));
}

function ids(sink: MemorySink): string[] {
  return sink.items.map((item) => `${item.kind} ${item.request.id}`);
}

describe('writing', () => {
  it('waits a moment for more, and writes at once when enough has come', async () => {
    const sink = new MemorySink();
    const test = withSinks(sink);
    await record(test, 3);
    expect(sink.items).toEqual([]);
    test.clock.advance(100);
    expect(sink.batches).toEqual([6]);
    await record({ ...test, run: (script) => test.run({ ...script, id: `y${script.id}` }) }, 50);
    expect(sink.batches).toEqual([6, 100]);
  });

  it.each([
    ['SQLITE_FULL', 'disk is full'],
    ['ENOSPC', 'disk is full'],
    ['SQLITE_READONLY_DBMOVED', 'owns it'],
    ['EACCES', 'owns it'],
    ['SQLITE_CORRUPT', 'damaged'],
    ['EIO', 'EIO: something'],
  ])(
    'keeps everything through %s, tells once, and writes it in order afterwards',
    async (code, words) => {
      const jsonl = new MemorySink();
      const sqlite = new MemorySink();
      const test = withSinks(jsonl, sqlite);
      sqlite.error = failure(code);
      await record(test, 3);
      test.clock.advance(30_000);
      expect(ids(jsonl)).toHaveLength(6);
      const [told, ...more] = statuses(test).filter(({ degraded }) => degraded.length > 0);
      expect(told?.degraded).toEqual([expect.stringContaining(words)]);
      expect(told?.degraded[0]).toContain('/data/SQLite');
      for (const { degraded } of more) expect(degraded).toEqual(told?.degraded);
      sqlite.error = null;
      test.clock.advance(10_000);
      expect(ids(sqlite)).toEqual(ids(jsonl));
      expect(statuses(test).at(-1)).toMatchObject({ degraded: [], queueBytes: 0 });
    },
  );

  it('does not report a lock that is soon gone, but one that stays', async () => {
    const sink = new MemorySink();
    const test = withSinks(sink);
    sink.error = failure('SQLITE_BUSY');
    await record(test, 1);
    test.clock.advance(200);
    expect(statuses(test).flatMap(({ degraded }) => degraded)).toEqual([]);
    test.clock.advance(5000);
    expect(statuses(test).at(-1)?.degraded[0]).toContain('lock');
    sink.error = null;
    test.clock.advance(10_000);
    expect(ids(sink)).toEqual(['request x0', 'end x0']);
  });

  it('says what a newer database asks for, and keeps what waits', async () => {
    const sink = new MemorySink();
    const test = withSinks(sink);
    sink.error = new UserError('The database is newer.', { hint: 'Update LunaRoute.' });
    test.recorder.open();
    await record(test, 1);
    test.clock.advance(1000);
    expect(statuses(test).at(-1)?.degraded[0]).toContain('newer. Update LunaRoute.');
    sink.error = null;
    test.clock.advance(10_000);
    expect(ids(sink)).toEqual(['request x0', 'end x0']);
  });

  it('leaves out an item that no try can write, and only that', async () => {
    const sink = new MemorySink();
    const picky: Sink = {
      write: (items: readonly SinkItem[]) => {
        if (items.some(({ kind, request }) => kind === 'end' && request.id === 'x1')) {
          throw new TypeError('odd item');
        }
        sink.write(items);
      },
      close: () => {},
    };
    const test = withSinks(picky);
    await record(test, 3);
    test.clock.advance(100);
    expect(ids(sink)).toEqual(['request x0', 'end x0', 'request x1', 'request x2', 'end x2']);
    test.clock.advance(2000);
    expect(statuses(test).at(-1)).toMatchObject({ writeErrors: 1, degraded: [] });
    expect(Atomics.load(test.counters, TAP_COUNTERS.droppedExchanges)).toBe(1n);
  });

  it('drops the oldest beyond its bound, and counts it', async () => {
    const sink = new MemorySink();
    const test = withSinks(sink);
    sink.error = failure('ENOSPC');
    // 1 MB each, held as bytes and as text: some 32 of them fit.
    await record(test, 50, 1_000_000);
    test.clock.advance(10_000);
    const status = statuses(test).at(-1);
    expect(status?.droppedBytes).toBeGreaterThan(10_000_000);
    expect(status?.queueBytes).toBeLessThanOrEqual(64 * 1024 * 1024);
    sink.error = null;
    test.clock.advance(10_000);
    expect(ids(sink)).toContain('end x49');
    expect(ids(sink)).not.toContain('request x0');
    const ends = ids(sink).filter((id) => id.startsWith('end'));
    const dropped = Number(Atomics.load(test.counters, TAP_COUNTERS.droppedExchanges));
    expect(ends.length + dropped).toBe(50);
  });

  it('tries until the deadline when it is closed', async () => {
    const sink = new MemorySink();
    const test = withSinks(sink);
    sink.error = failure('SQLITE_BUSY');
    await record(test, 1);
    const closed = test.recorder.close(1000);
    for (let i = 0; i < 10; i += 1) {
      await Promise.resolve();
      if (i === 5) sink.error = null;
      test.clock.advance(100);
    }
    test.clock.advance(1000);
    await closed;
    expect(ids(sink)).toEqual(['request x0', 'end x0']);
    expect(sink.isClosed).toBe(true);
  });
});
