// `lunaroute import` as a person runs it: reports, progress, a watch that follows, doctor's advice.
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../src/core/uuid.ts';
import { JsonlSink } from '../../src/store/jsonl-sink.ts';
import { SqliteSink } from '../../src/store/sqlite-sink.ts';
import { databasePath, exchangeIds } from '../helpers/history.ts';
import { fixture, place } from '../helpers/imports.ts';
import {
  cleanEnv,
  LAUNCHER,
  runProgram,
  type TempHome,
  tempHome,
  until,
} from '../helpers/program.ts';
import { endItem, requestItem } from '../helpers/store-items.ts';

const FILE = '.claude/projects/-home-lab/a.jsonl';

let home: TempHome;

beforeEach(() => {
  home = tempHome();
});

afterEach(() => home.remove());

function run(...args: readonly string[]) {
  return runProgram(args, cleanEnv(home.path));
}

describe('lunaroute import claude', () => {
  it("reads the client's own folder, once, and tells bad lines by file and line", async () => {
    const file = place(home.path, FILE, ['no json', ...fixture('claude-2.1.330.jsonl')]);
    const first = await run('import', 'claude', '--json');
    expect(JSON.parse(first.stdout)).toMatchObject({
      files: 1,
      imported: 3,
      unsettled: 1,
      badLines: 1,
      bad: [{ file, line: 1, reason: 'not JSON' }],
    });
    const again = await run('import', 'claude');
    expect(again.stdout).toContain('0 exchanges imported, 3 known already; 1 file');
    expect(again.stderr).toContain(`  ${file}:1: not JSON`);
    // Progress is for who watches.
    expect(again.stderr).not.toContain('\r');
    expect((await run('sessions', 'show', 'last')).stdout).toContain('imported from claude');
    expect((await run('sessions', 'search', 'LAB')).stdout).not.toBe('');
  });

  it('says where it looked in vain', async () => {
    const result = await run('import', 'claude');
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(`there is nothing at ${join(home.path, '.claude')}`);
    expect(result.stderr).toContain('lunaroute import claude <folder>');
  });

  it('follows with --watch until it is stopped', async () => {
    const lines = fixture('claude-2.1.330.jsonl');
    const half = lines.findIndex((each) => each.includes('msg_0dadb91abd69e6f32284315f'));
    const file = place(home.path, FILE, lines.slice(0, half));
    const child = spawn(process.execPath, [LAUNCHER, 'import', 'claude', '--watch'], {
      env: cleanEnv(home.path),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data: Buffer) => {
        output += data.toString();
      });
    }
    const ended = new Promise((resolve) => child.once('close', resolve));
    await until('the watch', () => (output.includes('watching') ? true : undefined), 20_000);
    expect(exchangeIds(home.path)).toHaveLength(0);
    appendFileSync(
      file,
      lines
        .slice(half)
        .map((each) => `${each}\n`)
        .join(''),
    );
    // The last answer may still get a line; the others are whole.
    await until(
      'what was written',
      () => (output.includes('3 exchanges imported') ? true : undefined),
      20_000,
    );
    expect(exchangeIds(home.path)).toHaveLength(3);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });
});

describe('doctor', () => {
  it('finds exchanges that SQLite lacks; its advice, followed literally, mends it', async () => {
    const at = Date.now() - 60_000;
    const items = [0, 1, 2].flatMap((index) => {
      const request = requestItem(
        { id: uuidv7(at + index), startedAt: at + index },
        { messages: [] },
      );
      return [request, endItem(request.request)];
    });
    mkdirSync(join(home.path, '.lunaroute'), { mode: 0o700 });
    const sqlite = new SqliteSink({
      path: databasePath(home.path),
      instanceId: 'x',
      onNotice: () => undefined,
    });
    sqlite.write(items.slice(0, 2));
    sqlite.close();
    const jsonl = new JsonlSink({
      directory: join(home.path, '.lunaroute/sessions'),
      onNotice: () => undefined,
    });
    jsonl.write(items);
    jsonl.close();
    const finding = async () => {
      const { checks } = JSON.parse((await run('doctor', '--json')).stdout);
      return checks
        .flatMap(({ findings }: { findings: { id: string }[] }) => findings)
        .find(({ id }: { id: string }) => id === 'sqlite-incomplete');
    };
    const found = await finding();
    expect(found).toMatchObject({ mend: 'lunaroute import jsonl' });
    const [, ...words] = String(found.mend).split(' ');
    expect((await run(...words)).stdout).toContain('2 exchanges imported, 1 known already');
    expect(await finding()).toBeUndefined();
    const database = new Database(databasePath(home.path), { readonly: true });
    expect(database.prepare('SELECT count(*) AS count FROM exchanges').get()).toEqual({ count: 3 });
    database.close();
  });
});
