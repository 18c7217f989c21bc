// Retention and the commands around it, through the built program, on a home with an old history.
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JsonlSink } from '../../src/store/jsonl-sink.ts';
import { SqliteSink } from '../../src/store/sqlite-sink.ts';
import { databasePath, openStore } from '../helpers/history.ts';
import { jsonlFiles } from '../helpers/jsonl-items.ts';
import {
  cleanEnv,
  runProgram,
  startServer,
  type TempHome,
  tempHome,
  until,
} from '../helpers/program.ts';
import { turnItems, words } from '../helpers/retention.ts';

const DAY = 86_400_000;
let home: TempHome;
let env: Record<string, string>;
let directory: string;

beforeEach(() => {
  home = tempHome();
  env = cleanEnv(home.path);
  directory = join(home.path, '.lunaroute/sessions');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const sqlite = new SqliteSink({
    path: databasePath(home.path),
    instanceId: 'i',
    onNotice: () => undefined,
  });
  const jsonl = new JsonlSink({ directory, onNotice: () => undefined });
  const sessions = [
    ['ancient', 90],
    ['precious', 80],
    ['recent', 2],
  ] as const;
  sessions.forEach(([session, age], index) => {
    const messages = [{ role: 'user', content: words(index, 30_000) }];
    const items = turnItems({ id: `e-${session}`, session, at: Date.now() - age * DAY, messages });
    jsonl.write(items);
    sqlite.write(items);
  });
  jsonl.close();
  sqlite.close();
});
afterEach(() => home.remove());

function sessionIds(): string[] {
  const history = openStore(home.path);
  try {
    return history.sessions({ limit: 99 }).map(({ sessionId }) => sessionId);
  } finally {
    history.close();
  }
}

async function json(args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await runProgram([...args, '--json'], env);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

describe('retention', () => {
  it('the server deletes what its configuration says, and leaves what is kept', async () => {
    expect(await json(['sessions', 'keep', 'prec'])).toEqual([
      { sessionId: 'precious', isPinned: true },
    ]);
    writeFileSync(
      join(home.path, '.lunaroute/config.yaml'),
      'session_recording:\n  sqlite: {retention: {max_age_days: 30}}\n' +
        '  jsonl: {retention: {max_age_days: 30, compress_after_days: 1}}\n',
    );
    const server = await startServer(env);
    await until('the old session to go', () =>
      sessionIds().includes('ancient') ? undefined : true,
    );
    await until('compressed files', () =>
      jsonlFiles(directory).every((path) => path.endsWith('.jsonl.zst')) ? true : undefined,
    );
    expect(sessionIds()).toEqual(['recent', 'precious']);
    expect(jsonlFiles(directory).map((path) => path.replace(/.*session_/, ''))).toEqual([
      'precious.jsonl.zst',
      'recent.jsonl.zst',
    ]);
    for (const path of [...jsonlFiles(directory), join(directory, '.deletions')]) {
      expect(statSync(path).mode & 0o077).toBe(0);
    }
    expect(await server.stop()).toBe(0);
    expect(server.output()).not.toContain('not yet in effect');
  });

  it('prune says what would go, then does it; the file becomes smaller', async () => {
    const prune = ['sessions', 'prune', '--older-than', '30d'];
    const plan = await json([...prune, '--dry-run']);
    expect(plan).toMatchObject({
      isDryRun: true,
      sessions: [{ sessionId: 'ancient' }, { sessionId: 'precious' }],
      files: [{}, {}],
    });
    expect(sessionIds()).toHaveLength(3);
    const server = await startServer(env);
    const before = statSync(databasePath(home.path)).size;
    const { code, stdout } = await runProgram(prune, env);
    expect(code).toBe(0);
    expect(stdout).toContain('deleted 2 sessions from SQLite\ndeleted 2 JSONL files');
    expect(sessionIds()).toEqual(['recent']);
    expect(jsonlFiles(directory)).toHaveLength(1);
    await until('a smaller file', () =>
      statSync(databasePath(home.path)).size < before * 0.6 ? true : undefined,
    );
    expect(await server.stop()).toBe(0);
  });

  it('prune by size, and what is no limit', async () => {
    const plan = await json(['sessions', 'prune', '--larger-than', '900kb', '--dry-run']);
    expect(plan).toMatchObject({ sessions: [{ sessionId: 'ancient' }, { sessionId: 'precious' }] });
    const none = await runProgram(['sessions', 'prune'], env);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('no limit is given')]);
    const odd = await runProgram(['sessions', 'prune', '--older-than', 'long'], env);
    expect([odd.code, odd.stderr]).toEqual([2, expect.stringContaining('an age like 12h')]);
  });

  it('delete takes a session out of both stores', async () => {
    const { code, stdout, stderr } = await runProgram(['sessions', 'delete', 'anc', 'rec'], env);
    expect([code, stdout]).toEqual([0, 'ancient  deleted\nrecent  deleted\n']);
    expect(stderr).toMatch(/freed [\d.]+ [kM]B/);
    expect(sessionIds()).toEqual(['precious']);
    expect(jsonlFiles(directory)).toHaveLength(1);
    const gone = await runProgram(['sessions', 'delete', 'ancient'], env);
    expect([gone.code, gone.stderr]).toEqual([
      1,
      expect.stringContaining('no session begins with'),
    ]);
    expect(existsSync(databasePath(home.path))).toBe(true);
  });
});
