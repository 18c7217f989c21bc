import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { openDatabase, openReadOnly } from '../../src/store/database.ts';
import { SCHEMA_VERSION } from '../../src/store/migrate.ts';
import { START, tempFolder } from '../helpers/store-items.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = join(tempFolder(), 'data');
  path = join(folder, 'sessions.db');
});

function fill(rows: number): void {
  const { database } = openDatabase(path);
  const insert = database.prepare(
    'INSERT INTO segments (hash, size, codec, content) VALUES (randomblob(16), 2000, 0, randomblob(2000))',
  );
  database.transaction(() => {
    for (let row = 0; row < rows; row += 1) insert.run();
  })();
  database.close();
}

describe('openDatabase', () => {
  it('lets nobody else read the folder and its files, whatever the umask', () => {
    const { database } = openDatabase(path);
    database.exec("INSERT INTO runs VALUES (1, 'i', 'h', 1, 1, NULL)");
    const files = readdirSync(folder);
    expect(files).toEqual(['sessions.db', 'sessions.db-shm', 'sessions.db-wal']);
    expect(statSync(folder).mode & 0o077).toBe(0);
    for (const file of files) expect(statSync(join(folder, file)).mode & 0o077).toBe(0);
    database.close();
  });

  it('tightens a database that others could read', () => {
    mkdirSync(folder);
    writeFileSync(path, '', { mode: 0o644 });
    openDatabase(path).database.close();
    expect(statSync(path).mode & 0o077).toBe(0);
  });

  it('uses WAL, waits 50 ms at most, and can give space back', () => {
    const { database } = openDatabase(path);
    const pragma = (name: string) => database.pragma(name, { simple: true });
    expect([pragma('journal_mode'), pragma('busy_timeout'), pragma('auto_vacuum')]).toEqual([
      'wal',
      50,
      2,
    ]);
    database.close();
  });

  it('takes an empty file for a new database', () => {
    mkdirSync(folder);
    writeFileSync(path, '');
    const { database, notices } = openDatabase(path);
    expect(notices).toEqual([]);
    database.close();
  });

  it('sets junk aside, says so, and begins anew', () => {
    mkdirSync(folder);
    writeFileSync(path, 'this is no database '.repeat(1_000));
    const { database, notices } = openDatabase(path, START);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain('sessions.db.corrupt-20260921-141320');
    expect(readFileSync(`${path}.corrupt-20260921-141320`, 'utf8')).toContain('no database');
    expect(database.prepare('SELECT count(*) FROM sessions').pluck().get()).toBe(0);
    database.close();
  });

  it('keeps every damaged file under a name of its own', () => {
    mkdirSync(folder);
    for (let time = 0; time < 2; time += 1) {
      writeFileSync(path, `junk ${time} `.repeat(1_000));
      openDatabase(path, START).database.close();
    }
    expect(readdirSync(folder).filter((name) => name.includes('corrupt'))).toHaveLength(2);
  });

  it('finds a damaged page', () => {
    fill(200);
    const file = openSync(path, 'r+');
    for (let page = 5; page < 60; page += 1)
      writeSync(file, Buffer.alloc(64, 0xff), 0, 64, page * 4096);
    closeSync(file);
    const { database, notices } = openDatabase(path);
    expect(notices[0]).toContain('is damaged');
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    database.close();
  });

  it('finds a file that was cut off', () => {
    fill(200);
    truncateSync(path, 40 * 4096);
    const { database, notices } = openDatabase(path);
    expect(notices).toHaveLength(1);
    database.close();
  });

  it("leaves another program's database alone, such as the Rust original's", () => {
    mkdirSync(folder, { recursive: true });
    const other = new Sqlite(path);
    other.exec('CREATE TABLE sessions (session_id TEXT PRIMARY KEY, model_used TEXT)');
    other.close();
    const before = readFileSync(path);
    expect(() => openDatabase(path)).toThrow(UserError);
    expect(() => openDatabase(path)).toThrow("another program's database");
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(folder)).toEqual(['sessions.db']);
  });

  it('leaves a database of a newer LunaRoute alone', () => {
    openDatabase(path).database.close();
    const raw = new Sqlite(path);
    raw.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
    raw.close();
    expect(() => openDatabase(path)).toThrow(UserError);
    expect(() => openReadOnly(path)).toThrow('newer LunaRoute');
    expect(readdirSync(folder).filter((name) => name.includes('corrupt'))).toEqual([]);
  });

  it('reports a lock instead of waiting for it', () => {
    openDatabase(path).database.close();
    const other = new Sqlite(path);
    other.pragma('locking_mode = EXCLUSIVE');
    other.exec('BEGIN EXCLUSIVE');
    expect(() => openDatabase(path)).toThrow('locked');
    other.close();
    expect(existsSync(path)).toBe(true);
  });
});

describe('openReadOnly', () => {
  it('says that nothing was recorded yet and how to begin', () => {
    expect(() => openReadOnly(path)).toThrow('nothing has been recorded yet');
    mkdirSync(folder);
    writeFileSync(path, '');
    expect(() => openReadOnly(path)).toThrow('nothing has been recorded yet');
    expect(() => openReadOnly(path)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('lunaroute run') }),
    );
  });

  it('says that a file is no database and leaves it as it is', () => {
    mkdirSync(folder);
    writeFileSync(path, 'junk '.repeat(2_000));
    expect(() => openReadOnly(path)).toThrow('cannot read the database');
    expect(readdirSync(folder)).toEqual(['sessions.db']);
  });

  it('cannot write', () => {
    openDatabase(path).database.close();
    const database = openReadOnly(path);
    expect(() => database.exec('DELETE FROM sessions')).toThrow('readonly');
    database.close();
  });
});
