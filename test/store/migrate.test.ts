import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openHistory } from '../../src/store/history/sqlite-history.ts';
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

describe('a database of the first schema', () => {
  it('is brought to the present one by whoever opens it, and its exchanges have no price yet', () => {
    const path = join(tempFolder(), 'sessions.db');
    const old = new Sqlite(path);
    migrate(old, 1);
    old.exec(`
      INSERT INTO runs VALUES (1, 'i', 'h', 1, 1, 2);
      INSERT INTO origins VALUES (1, 'codex', NULL, NULL, 'openai', 'openai-responses', 'http', 'POST', 'u');
      INSERT INTO sessions (session_key, session_id, started_at, last_activity_at, client, provider,
        request_count, completed_count, usage_count, input_tokens, output_tokens)
        VALUES (1, 's', 1000, 2000, 'codex', 'openai', 1, 1, 1, 70, 7);
      INSERT INTO exchanges (exchange_key, exchange_id, session_key, run_key, origin_key, session_source,
        started_at, target, is_counted, stream, request_bytes, request_truncated, request_headers,
        outcome, ended_at, is_usage_unknown, model_used, input_tokens, output_tokens)
        VALUES (1, 'e', 1, 1, 1, 'header', 1000, '/', 1, 1, 0, 0, x'', 'completed', 2000, 0, 'gpt-5.5', 70, 7);`);
    old.close();
    const history = openHistory(path);
    const cost = { nanoUsd: 0, exact: 0, estimated: 0, unpriced: 1 };
    expect(history.stats({})).toMatchObject({ requests: 1, usage: { input: 70 }, cost });
    expect(history.stats({ since: 0 }).cost).toEqual(cost);
    expect(history.statsBy('model', { limit: 5 })).toMatchObject([
      { key: 'gpt-5.5', stats: { cost } },
    ]);
    expect(history.session('s')).toMatchObject({ cost, project: null });
    expect(history.limits()).toEqual([]);
    history.close();
  });
});
