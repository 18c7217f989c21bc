import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadRedactor } from '../../../src/redact/redactor.ts';
import { openExisting } from '../../../src/store/database.ts';
import { openHistory } from '../../../src/store/history/sqlite-history.ts';
import { packFile, readPacked } from '../../../src/store/jsonl/packed-file.ts';
import { JsonlSink } from '../../../src/store/jsonl-sink.ts';
import type { Clock } from '../../../src/store/recorder/clock.ts';
import { applyToJsonl } from '../../../src/store/redaction/apply-jsonl.ts';
import { DeletionCount } from '../../../src/store/sqlite/deletions.ts';
import { collectSegments } from '../../../src/store/upkeep/collect-segments.ts';
import { UpkeepSchedule } from '../../../src/store/upkeep/schedule.ts';
import {
  deleteFromStores,
  keepWithinLimits,
  setPinned,
  type UpkeepTask,
} from '../../../src/store/upkeep/upkeep.ts';
import { joinLines, jsonlFiles, readLines } from '../../helpers/jsonl-items.ts';
import { EVERYTHING } from '../../helpers/redaction-options.ts';
import { finish, NO_RETENTION, turnItems, words } from '../../helpers/retention.ts';
import { makeSink, requestItem, START, tempFolder } from '../../helpers/store-items.ts';

const DAY = 86_400_000;
const SYSTEM = `You are a careful engineer. ${words(1, 400)}`;

function makeStores() {
  const folder = tempFolder();
  const path = join(folder, 'sessions.db');
  const directory = join(folder, 'sessions');
  const sqlite = makeSink(path);
  const jsonl = new JsonlSink({ directory, onNotice: () => undefined });
  onTestFinished(() => jsonl.close());
  const history = () => {
    const opened = openHistory(path);
    onTestFinished(() => opened.close());
    return opened;
  };
  const task: UpkeepTask = {
    sqlitePath: path,
    jsonlDirectory: directory,
    limits: NO_RETENTION,
    now: START + 100 * DAY,
    isDryRun: false,
    wait: 'briefly',
  };
  return {
    path,
    directory,
    history,
    task,
    places: { sqlitePath: path, jsonlDirectory: directory },
    write: (id: string, session: string, at: number, texts: readonly string[]) => {
      const messages = texts.map((content) => ({ role: 'user', content }));
      const items = turnItems({ id, session, at, messages, system: SYSTEM });
      jsonl.write(items);
      sqlite.write(items);
    },
    open: (id: string, session: string) => sqlite.write([requestItem({ id, sessionId: session })]),
  };
}

function count(path: string, sql: string): unknown {
  const database = new Database(path, { readonly: true });
  try {
    return database.prepare(sql).pluck().get();
  } finally {
    database.close();
  }
}

const AGE = { maxAgeMs: 30 * DAY, maxBytes: null };

describe('deleteFromStores', () => {
  it('takes rows, segments, texts and files, and nothing that others need', () => {
    const stores = makeStores();
    const shared = words(2, 300);
    stores.write('a', 'first', START, [shared, words(3, 20_000)]);
    stores.write('b', 'second', START + 1, [shared, words(4, 300)]);
    const before = statSync(stores.path).size + statSync(`${stores.path}-wal`).size;
    const { files } = finish(deleteFromStores(stores.places, ['first']));
    expect(files.map(({ path }) => path)).toEqual([expect.stringContaining('session_first.jsonl')]);
    const history = stores.history();
    expect(history.sessions({ limit: 9 }).map(({ sessionId }) => sessionId)).toEqual(['second']);
    expect(history.rawBody('b', 'request')).not.toBeNull();
    expect(history.search(words(4, 3), { limit: 5 })).toHaveLength(1);
    expect(history.search(words(3, 3), { limit: 5 })).toEqual([]);
    const [gone = '', kept = ''] = [words(3, 1), words(4, 1)];
    expect(history.words(gone, 5)).not.toContain(gone);
    expect(history.words(kept, 5)).toContain(kept);
    // The system prompt, first sent by what went, is found at what is left.
    expect(history.search('careful engineer', { limit: 5 })).toMatchObject([{ exchangeId: 'b' }]);
    expect(count(stores.path, 'SELECT count(*) FROM docs')).toBe(
      count(stores.path, 'SELECT count(*) FROM texts'),
    );
    expect(statSync(stores.path).size).toBeLessThan(before * 0.6);
  });

  it('leaves no segment when nothing is left', () => {
    const stores = makeStores();
    stores.write('a', 'first', START, [words(3, 2_000)]);
    finish(deleteFromStores(stores.places, ['first']));
    for (const table of ['sessions', 'exchanges', 'segments', 'docs', 'texts', 'tool_calls']) {
      expect([table, count(stores.path, `SELECT count(*) FROM ${table}`)]).toEqual([table, 0]);
    }
  });

  it('a recorder that remembers deleted segments writes them again', () => {
    const stores = makeStores();
    const text = words(5, 2_000);
    stores.write('a', 'first', START, [text]);
    finish(deleteFromStores(stores.places, ['first']));
    stores.write('b', 'second', START + 1, [text]);
    const history = stores.history();
    expect(Buffer.from(history.rawBody('b', 'request') ?? []).toString()).toContain(text);
    expect(history.exchange('b')?.requestHeaders.length).toBeGreaterThan(0);
    expect(history.search(words(5, 3), { limit: 5 })).toHaveLength(1);
  });

  it('keeps what came between the marking and the sweeping', () => {
    const stores = makeStores();
    const text = words(6, 2_000);
    stores.write('a', 'first', START, [text]);
    stores.write('x', 'other-one', START, [words(7, 500)]);
    let turn = 0;
    finish(deleteFromStores(stores.places, ['first']), () => {
      turn += 1;
      stores.write(`b${turn}`, 'second', START + turn, [text]);
    });
    expect(turn).toBeGreaterThan(2);
    const history = stores.history();
    for (let n = 1; n <= turn; n += 1) {
      expect(history.rawBody(`b${n}`, 'request')).not.toBeNull();
    }
  });

  it('gives a collection up when others change rows meanwhile: nothing they name may go', () => {
    const stores = makeStores();
    stores.write('a', 'first', START, [words(6, 2_000)]);
    finish(deleteFromStores(stores.places, ['first']));
    stores.write('b', 'second', START, [words(7, 2_000)]);
    const database = openExisting(stores.path);
    onTestFinished(() => void database.close());
    database.exec('UPDATE exchanges SET request_segment = NULL; DELETE FROM docs');
    const others = new DeletionCount(database);
    const steps = collectSegments(database, new DeletionCount(database));
    const meanwhile = () => others.add();
    // More than one step of marking, so that there is a pause.
    for (let n = 0; n < 250; n += 1) stores.write(`c${n}`, 'third', START + n, ['short']);
    expect(finish(steps, meanwhile)).toBe(0);
    expect(finish(collectSegments(database, new DeletionCount(database)))).toBeGreaterThan(0);
  });

  it('refuses a session in which a request runs', () => {
    const stores = makeStores();
    stores.open('a', 'first');
    expect(() => finish(deleteFromStores(stores.places, ['first']))).toThrow('still running');
  });
});

describe('keepWithinLimits', () => {
  it('by age: resting sessions go, pinned and running ones stay', () => {
    const stores = makeStores();
    stores.write('a', 'old', START, ['one']);
    stores.write('b', 'pinned', START, ['two']);
    stores.write('c', 'new', START + 99 * DAY, ['three']);
    stores.open('d', 'running');
    setPinned(stores.path, 'pinned', true);
    const task = { ...stores.task, limits: { ...NO_RETENTION, sqlite: AGE } };
    const plan = finish(keepWithinLimits({ ...task, isDryRun: true }));
    expect(plan.sessions).toMatchObject([{ sessionId: 'old' }]);
    expect(stores.history().session('old')).not.toBeNull();
    const report = finish(keepWithinLimits(task));
    expect(report.sessions).toEqual(plan.sessions);
    const left = stores.history().sessions({ limit: 9 });
    expect(left.map((s) => [s.sessionId, s.isPinned])).toEqual([
      ['new', false],
      ['pinned', true],
      ['running', false],
    ]);
    expect(stores.history().stats({}).requests).toBe(3);
  });

  it('what belongs to no conversation goes exchange by exchange', () => {
    const stores = makeStores();
    stores.write('a', 'other', START, ['one']);
    stores.write('b', 'other', START + 99 * DAY, ['two']);
    const preview = stores.history().exchange('b')?.promptPreview;
    expect(preview).toBe(stores.history().exchange('a')?.promptPreview);
    finish(keepWithinLimits({ ...stores.task, limits: { ...NO_RETENTION, sqlite: AGE } }));
    const history = stores.history();
    expect(history.exchanges('other', { limit: 9, offset: 0 }).map(({ id }) => id)).toEqual(['b']);
    expect(history.exchange('b')?.promptPreview).toBe(preview);
    expect(history.session('other')).toMatchObject({ requests: 1, startedAt: START + 99 * DAY });
  });

  it('JSONL by age and size; a session that goes on stands on its own again', () => {
    const stores = makeStores();
    stores.write('a', 'long', START, [words(8, 300)]);
    stores.write('p', 'pinned', START, ['two']);
    stores.write('b', 'long', START + 99 * DAY, [words(8, 300), 'next']);
    setPinned(stores.path, 'pinned', true);
    const jsonl = { maxAgeMs: 30 * DAY, maxBytes: null, compressAfterMs: null };
    const report = finish(keepWithinLimits({ ...stores.task, limits: { ...NO_RETENTION, jsonl } }));
    expect(report.files).toHaveLength(1);
    expect(report.jsonl.after).toBeLessThan(report.jsonl.before);
    stores.write('c', 'long', START + 100 * DAY, [words(8, 300), 'next', 'last']);
    const lines = readLines(stores.directory).filter((line) => line['session_id'] === 'long');
    expect(
      lines.filter(({ exchange_id: id, type }) => id === 'c' && type === 'request')[0],
    ).toMatchObject({
      messages_before: 0,
      params: { system: SYSTEM },
    });
    expect(existsSync(join(stores.directory, '.deletions'))).toBe(true);
    expect(jsonlFiles(stores.directory).filter((path) => path.includes('pinned'))).toHaveLength(1);
  });

  it('compressed JSONL holds the same lines, and a session goes on from it', () => {
    const stores = makeStores();
    const text = words(9, 200_000);
    stores.write('a', 'long', START, [text]);
    const [plain = ''] = jsonlFiles(stores.directory);
    const before = readFileSync(plain);
    const jsonl = { maxAgeMs: null, maxBytes: null, compressAfterMs: 5 * DAY };
    const report = finish(keepWithinLimits({ ...stores.task, limits: { ...NO_RETENTION, jsonl } }));
    expect(report.compressed).toEqual([{ path: plain, bytes: before.length }]);
    expect(jsonlFiles(stores.directory)).toEqual([`${plain}.zst`]);
    expect(readPacked(`${plain}.zst`, 1 << 24)?.equals(before)).toBe(true);
    // A late line makes a plain file again; both are one after the next time.
    const again = new JsonlSink({ directory: stores.directory, onNotice: () => undefined });
    const messages = [text, 'more'].map((content) => ({ role: 'user', content }));
    again.write(turnItems({ id: 'b', session: 'long', at: START + 1, messages, system: SYSTEM }));
    again.close();
    const late = readFileSync(plain, 'utf8');
    expect(JSON.parse(late.split('\n')[1] ?? '')).toMatchObject({
      messages_before: 1,
      continues: 'a',
    });
    finish(keepWithinLimits({ ...stores.task, limits: { ...NO_RETENTION, jsonl } }));
    const joined = String(readPacked(`${plain}.zst`, 1 << 24));
    expect(joined === before.toString() + late).toBe(true);
    const lines = joined.split('\n').slice(0, -1);
    expect(joinLines(lines.map((line) => JSON.parse(line))).get('b')?.messages).toEqual(messages);
  });

  it('redacting a compressed file that was written in many frames keeps every line', async () => {
    const stores = makeStores();
    stores.write('a', 'long', START, [words(9, 150_000)]);
    stores.write('b', 'long', START + 1, [
      words(9, 150_000),
      'mail jane.doe@mailbox.berlin',
      'end',
    ]);
    const [plain = ''] = jsonlFiles(stores.directory);
    const before = readFileSync(plain, 'utf8');
    finish(packFile(plain));
    const redactor = await loadRedactor(EVERYTHING);
    applyToJsonl(stores.directory, redactor, { since: 0, isDryRun: false });
    const after = String(readPacked(`${plain}.zst`, 1 << 24));
    expect(after.includes('jane.doe')).toBe(false);
    expect(after.split('\n')).toHaveLength(before.split('\n').length);
  });

  it('says what cannot be kept within its limit', () => {
    const stores = makeStores();
    stores.write('a', 'pinned', START, [words(10, 5_000)]);
    setPinned(stores.path, 'pinned', true);
    const small = { maxAgeMs: null, maxBytes: 10_000 };
    const limits = { sqlite: small, jsonl: { ...small, compressAfterMs: null } };
    const report = finish(keepWithinLimits({ ...stores.task, limits }));
    expect(report.problems).toEqual([
      expect.stringContaining('sessions.db is larger than its limit'),
      expect.stringContaining('sessions is larger than its limit'),
    ]);
  });
});

describe('UpkeepSchedule', () => {
  function fakeClock() {
    let now = 0;
    const tasks: { at: number; task: () => void }[] = [];
    const clock: Clock = {
      now: () => now,
      wall: () => now,
      after: (ms, task) => {
        const entry = { at: now + ms, task };
        tasks.push(entry);
        return () => void tasks.splice(tasks.indexOf(entry), 1);
      },
    };
    const next = (): number => {
      const entry = tasks.sort((a, b) => a.at - b.at).shift();
      if (entry === undefined) return -1;
      now = entry.at;
      entry.task();
      return now;
    };
    return { clock, next, pending: () => tasks.length };
  }

  it('runs soon after the start and every hour, step by step, and stops', () => {
    const { clock, next, pending } = fakeClock();
    const log: string[] = [];
    const schedule = new UpkeepSchedule({
      clock,
      onNotice: (notice) => log.push(notice),
      *begin() {
        try {
          log.push('begin');
          yield;
          log.push('step');
          yield;
          return null;
        } finally {
          log.push('end');
        }
      },
    });
    schedule.start();
    const times = [next(), next(), next()];
    expect(log).toEqual(['begin', 'step', 'end']);
    expect(next() - (times[2] ?? 0)).toBe(3_600_000);
    schedule.stop();
    expect(log).toEqual(['begin', 'step', 'end', 'begin', 'end']);
    expect(pending()).toBe(0);
  });

  it('tells a trouble once for as long as it lasts, and tries again', () => {
    const { clock, next } = fakeClock();
    const log: string[] = [];
    let works = false;
    const schedule = new UpkeepSchedule({
      clock,
      onNotice: (notice) => log.push(notice),
      // biome-ignore lint/correctness/useYield: -- a run without a pause
      *begin() {
        if (!works) throw new Error('disk full');
        return null;
      },
    });
    schedule.start();
    next();
    next();
    expect(log).toEqual(['Old records could not be deleted: disk full. It is tried again.']);
    works = true;
    next();
    works = false;
    next();
    expect(log).toHaveLength(2);
  });
});
