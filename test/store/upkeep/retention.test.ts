import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RetentionOptions } from '../../../src/core/retention.ts';
import { openHistory } from '../../../src/store/history/sqlite-history.ts';
import { JsonlSink } from '../../../src/store/jsonl-sink.ts';
import { SqliteSink } from '../../../src/store/sqlite-sink.ts';
import { keepWithinLimits, setPinned } from '../../../src/store/upkeep/upkeep.ts';
import { sized } from '../../helpers/hard.ts';
import { jsonlFiles } from '../../helpers/jsonl-items.ts';
import { finish, turnItems, words } from '../../helpers/retention.ts';
import { START, tempFolder } from '../../helpers/store-items.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MB = 1024 * 1024;
const STEP = 12 * HOUR;
/** Size is the limit from the 17th day on. All 60 take minutes: LUNAROUTE_HARD=long. */
const DAYS = sized(24, 60);
const LIMITS: RetentionOptions = {
  sqlite: { maxAgeMs: 45 * DAY, maxBytes: 6 * MB },
  jsonl: { maxAgeMs: 30 * DAY, maxBytes: 3 * MB, compressAfterMs: 5 * DAY },
};

/** Both sinks, as the recorder writes them, on a clock of their own. */
class World {
  readonly folder = tempFolder();
  readonly path = join(this.folder, 'sessions.db');
  readonly directory = join(this.folder, 'sessions');
  now = START;
  #turns = 0;
  readonly #jsonl = new JsonlSink({ directory: this.directory, onNotice: fail });
  readonly #sqlite = new SqliteSink({
    path: this.path,
    instanceId: 'i',
    onNotice: fail,
    now: () => this.now,
  });

  constructor() {
    onTestFinished(() => {
      this.#jsonl.close();
      this.#sqlite.close();
    });
  }

  /** A session of `turns` requests, each with the whole history before it. */
  session(id: string, turns = 3): void {
    const messages: object[] = [];
    for (let turn = 0; turn < turns; turn += 1) {
      this.#turns += 1;
      messages.push({ role: 'user', content: words(this.#turns, 900) });
      this.#write({ id: `e${this.#turns}`, session: id, at: this.now, messages });
      messages.push({ role: 'assistant', content: `answer of e${this.#turns}` });
    }
  }

  upkeep(between?: () => void) {
    return finish(
      keepWithinLimits({
        sqlitePath: this.path,
        jsonlDirectory: this.directory,
        limits: LIMITS,
        now: this.now,
        isDryRun: false,
        wait: 'briefly',
      }),
      between,
    );
  }

  #write(turn: Parameters<typeof turnItems>[0]): void {
    const items = turnItems(turn);
    this.#jsonl.write(items);
    this.#sqlite.write(items);
  }
}

function fail(notice: string): never {
  throw new Error(notice);
}

function sizeOf(paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + (existsSync(path) ? statSync(path).size : 0), 0);
}

describe('retention', () => {
  it(`holds its limits for ${DAYS} days under load, oldest first, and no reader or writer fails`, () => {
    const world = new World();
    world.session('pinned');
    setPinned(world.path, 'pinned', true);
    const history = openHistory(world.path);
    onTestFinished(() => history.close());
    const written: string[] = [];
    let peak = 0;
    let reads = 0;
    let steps = 0;
    for (let at = STEP; at <= DAYS * DAY; at += STEP) {
      world.now = START + at;
      for (let n = 0; n < 5; n += 1) {
        written.push(`s-${at / STEP}-${n}`);
        world.session(written.at(-1) ?? '');
      }
      world.upkeep(() => {
        steps += 1;
        if (steps % 40 === 0) {
          written.push(`during-${steps}`);
          world.session(`during-${steps}`, 1);
        }
        if (steps % 25 !== 0) return;
        // A reader sees whole sessions whose every body is still there.
        const [newest, ...older] = history.sessions({ limit: 30 });
        for (const session of [newest, older.at(-1)]) {
          if (session === undefined) continue;
          for (const { id } of history.exchanges(session.sessionId, { limit: 5, offset: 0 })) {
            expect(history.rawBody(id, 'request')).not.toBeNull();
            reads += 1;
          }
        }
        history.search('engineer', { limit: 5 });
      });
      expect(statSync(world.path).size).toBeLessThanOrEqual(6 * MB * 1.05);
      expect(sizeOf(jsonlFiles(world.directory))).toBeLessThanOrEqual(3 * MB * 1.05);
      peak = Math.max(peak, statSync(world.path).size);
    }
    expect(peak).toBeGreaterThan(5 * MB);
    expect(reads).toBeGreaterThan(100);
    // Oldest first: what is left is the pinned one and an unbroken run of the newest.
    const left = history.sessions({ limit: 10_000 }).map(({ sessionId }) => sessionId);
    expect(left).toContain('pinned');
    const kept = left.filter((id) => id !== 'pinned');
    expect(kept.length).toBeGreaterThan(10);
    expect(new Set(kept)).toEqual(new Set(written.slice(-kept.length)));
    const files = jsonlFiles(world.directory);
    expect(files.some((path) => path.includes('session_pinned'))).toBe(true);
    expect(files.some((path) => path.endsWith('.zst'))).toBe(true);
    expectSound(world.path);
    for (const id of left) {
      for (const exchange of history.exchanges(id, { limit: 100, offset: 0 })) {
        expect(history.rawBody(exchange.id, 'request')).not.toBeNull();
        expect(history.rawBody(exchange.id, 'response')).not.toBeNull();
        expect(history.exchange(exchange.id)?.messages.length).toBeGreaterThan(0);
      }
    }
  }, 900_000);
});

/** No orphan, true sums, a sound file. */
function expectSound(path: string): void {
  const database = new Database(path, { readonly: true });
  try {
    const one = (sql: string): unknown => database.prepare(sql).pluck().get();
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(database.pragma('foreign_key_check')).toEqual([]);
    expect(one('SELECT count(*) FROM docs')).toBe(one('SELECT count(*) FROM texts'));
    expect(
      one(`SELECT count(*) FROM sessions WHERE request_count <>
        (SELECT count(*) FROM exchanges WHERE exchanges.session_key = sessions.session_key)`),
    ).toBe(0);
  } finally {
    database.close();
  }
}
