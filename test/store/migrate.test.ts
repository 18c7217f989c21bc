import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { migrate, SCHEMA_VERSION, schemaVersion } from '../../src/store/migrate.ts';
import { tempFolder } from '../helpers/store-items.ts';

function schemaOf(database: Sqlite.Database): unknown {
  return database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all();
}

describe('migrate', () => {
  it('leads from every earlier version to the same schema', () => {
    const target = new Sqlite(':memory:');
    migrate(target);
    for (let version = 0; version < SCHEMA_VERSION; version += 1) {
      const database = new Sqlite(':memory:');
      migrate(database, version);
      expect(schemaVersion(database)).toBe(version);
      migrate(database);
      expect(schemaVersion(database)).toBe(SCHEMA_VERSION);
      expect(schemaOf(database)).toEqual(schemaOf(target));
    }
  });

  it('changes nothing the second time', () => {
    const database = new Sqlite(':memory:');
    migrate(database);
    database.exec("INSERT INTO runs VALUES (1, 'i', 'h', 1, 1, NULL)");
    const before = schemaOf(database);
    migrate(database);
    expect(schemaOf(database)).toEqual(before);
    expect(database.prepare('SELECT count(*) FROM runs').pluck().get()).toBe(1);
  });

  it('lets only one of two processes apply a step', () => {
    const path = join(tempFolder(), 'sessions.db');
    const [first, second] = [new Sqlite(path, { timeout: 0 }), new Sqlite(path, { timeout: 0 })];
    first.exec('BEGIN IMMEDIATE');
    expect(() => migrate(second)).toThrow('locked');
    first.exec('COMMIT');
    migrate(first);
    migrate(second);
    expect(schemaVersion(second)).toBe(SCHEMA_VERSION);
    first.close();
    second.close();
  });
});
