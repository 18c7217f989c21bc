// Files: private whatever the umask, written through no link, whole or not at all where a promise
// depends on it. A program with a hostile home: each file that it makes is, in turn, a link that
// somebody put there before.
import { spawn } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { redactionKey } from '../../src/cli/redaction-key.ts';
import { replaceFile } from '../../src/cli/setup/replace-file.ts';
import { report, sized } from '../helpers/hard.ts';
import { databasePath, exchangeIds } from '../helpers/history.ts';
import {
  cleanEnv,
  freePort,
  LAUNCHER,
  type ProgramResult,
  resultOf,
  startServer,
  tempHome,
  until,
} from '../helpers/program.ts';
import { startScriptedProvider } from '../helpers/scripted-provider.ts';
import { tempFolder } from '../helpers/store-items.ts';

// Whole programs are started: a starved machine is no failure.
vi.setConfig({ testTimeout: 1_200_000 });

const counts = { umasks: 0, entries: 0, loose: 0, links: 0, through: 0, writes: 0 };
afterAll(() =>
  report('files', {
    umasks: counts.umasks,
    'files and folders looked at': counts.entries,
    'open to others': counts.loose,
    'links laid': counts.links,
    'written through': counts.through,
    'interrupted writes': counts.writes,
  }),
);

async function home() {
  const temp = tempHome();
  const provider = await startScriptedProvider((_req, res) => {
    res.end('{}');
  });
  onTestFinished(async () => {
    await provider.stop();
    temp.remove();
  });
  const dataDir = join(temp.path, '.lunaroute');
  const env = cleanEnv(temp.path, { LUNAROUTE_ANTHROPIC_BASE_URL: provider.url });
  return { path: temp.path, dataDir, env };
}

const ask = (url: string): Promise<Response> =>
  fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': 'sk-ant-x', 'x-session-id': 'files' },
    body: '{"model":"m","messages":[{"role":"user","content":"hello"}]}',
  });

interface Entry {
  readonly path: string;
  readonly mode: number;
  readonly wanted: number;
}

/** Everything below, links not followed. */
function entriesBelow(folder: string): Entry[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return [folder, ...names.map((name) => join(folder, name))].map((path) => {
    const stats = lstatSync(path);
    return { path, mode: stats.mode & 0o777, wanted: stats.isDirectory() ? 0o700 : 0o600 };
  });
}

/** The program under a umask, from a shell that sets it. */
function underUmask(
  umask: string,
  env: Record<string, string>,
  args: string,
): Promise<ProgramResult> {
  const command = `umask ${umask}; exec "${process.execPath}" "${LAUNCHER}" ${args}`;
  return resultOf(spawn('/bin/sh', ['-c', command], { env, stdio: 'pipe' }));
}

describe('whatever the umask', () => {
  it.each(['022', '000', '027', '077'].slice(0, sized(1, 4)))(
    'umask %s: 0600 and 0700, and recording works',
    async (umask) => {
      const { dataDir, env, path } = await home();
      const port = await freePort();
      const args = `env --port ${port}`;
      expect((await underUmask(umask, env, args)).code).toBe(0);
      onTestFinished(async () => void (await underUmask('022', env, `stop --port ${port}`)));
      await ask(`http://127.0.0.1:${port}`);
      await until('the record', () => (exchangeIds(path).length === 1 ? true : undefined));
      const running = entriesBelow(dataDir);
      expect((await underUmask(umask, env, `stop --port ${port}`)).code).toBe(0);
      const entries = [...running, ...entriesBelow(dataDir)];
      const loose = entries.filter(({ mode, wanted }) => mode !== wanted);
      counts.umasks += 1;
      counts.entries += entries.length;
      counts.loose += loose.length;
      expect(loose).toEqual([]);
      expect(entries.length).toBeGreaterThan(10);
    },
  );
});

/** Refused with a reason that is shown; the rest does without. */
const REFUSED: readonly string[] = ['sessions.db', 'sessions', 'sessions.db-wal'];
const QUIET: readonly string[] = ['sessions/.deletions', 'server.log.1', 'redaction.key'];
/** Each alone in the long form; in the short form some at once. */
const SETS: readonly (readonly string[])[] = [
  ...[
    ['sessions.db', 'sessions'],
    ['sessions.db-wal', ...QUIET],
  ].slice(0, sized(2, 0)),
  ...[...REFUSED, ...QUIET].slice(0, sized(0, 6)).map((name) => [name]),
];

/** Puts a link in place of `name` that leads to something empty; gives what there has been written. */
function layLink(dataDir: string, name: string): () => number {
  const target = join(tempFolder(), 'theirs');
  const isFolder = name === 'sessions';
  mkdirSync(join(dataDir, name, '..'), { recursive: true, mode: 0o700 });
  if (isFolder) mkdirSync(target);
  else writeFileSync(target, '');
  symlinkSync(target, join(dataDir, name));
  counts.links += 1;
  return () => {
    const siblings = readdirSync(join(target, '..')).length - 1;
    return siblings + (isFolder ? readdirSync(target).length : readFileSync(target).length);
  };
}

describe('links that were there before', () => {
  it.each(SETS)('%s %s: not written through; traffic goes on', async (...names) => {
    const { dataDir, env } = await home();
    const written = names.map((name) => layLink(dataDir, name));
    const server = await startServer(env);
    onTestFinished(async () => void (await server.stop('SIGKILL')));
    expect((await ask(server.url)).status).toBe(200);
    for (const name of names.filter((each) => REFUSED.includes(each))) {
      const says = `${join(dataDir, name)} is a link`;
      await until(`'${says}'`, () => (server.output().includes(says) ? true : undefined));
      const readyz = await (await fetch(`${server.url}/readyz`)).json();
      expect(JSON.stringify(readyz)).toContain(says);
    }
    expect(await server.stop()).toBe(0);
    const through = written.map((count) => count());
    counts.through += through.reduce((sum, count) => sum + count, 0);
    expect(through).toEqual(names.map(() => 0));
  });

  it('server.log: the background server is not started into it', async () => {
    const { dataDir, env } = await home();
    const target = join(tempFolder(), 'theirs');
    mkdirSync(dataDir, { mode: 0o700 });
    writeFileSync(target, '');
    symlinkSync(target, join(dataDir, 'server.log'));
    const { code, stderr, stdout } = await underUmask('022', env, 'env --port 1');
    expect([code, stdout, readFileSync(target, 'utf8')]).toEqual([1, '', '']);
    expect(stderr).toContain('is a link');
    counts.links += 1;
  });

  it('a database that a link has led elsewhere is recorded to again when the link goes', async () => {
    const { path, dataDir, env } = await home();
    mkdirSync(dataDir, { mode: 0o700 });
    symlinkSync(join(tempFolder(), 'nowhere.db'), databasePath(path));
    const server = await startServer(env);
    onTestFinished(async () => void (await server.stop('SIGKILL')));
    await ask(server.url);
    await until('the warning', () => (server.output().includes('is a link') ? true : undefined));
    rmSync(databasePath(path));
    await until('the record', () => (exchangeIds(path).length === 1 ? true : undefined));
    expect(await server.stop()).toBe(0);
    counts.links += 1;
  });
});

describe('whole or not at all', () => {
  it('a key file that a power cut left empty gets a key that stays', () => {
    const dataDir = tempFolder();
    writeFileSync(join(dataDir, 'redaction.key'), '');
    const key = redactionKey(dataDir);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(redactionKey(dataDir)).toBe(key);
    expect(statSync(join(dataDir, 'redaction.key')).mode & 0o777).toBe(0o600);
    counts.writes += 1;
  });

  it("a client's settings: a failed write leaves them as they were", () => {
    const folder = tempFolder();
    const file = join(folder, 'settings.json');
    writeFileSync(file, 'old', { mode: 0o644 });
    const backup = replaceFile(file, 'new', 0);
    expect([readFileSync(file, 'utf8'), readFileSync(`${backup}`, 'utf8')]).toEqual(['new', 'old']);
    expect(statSync(file).mode & 0o777).toBe(0o644);
    // In the same millisecond: the copy of before is not written over.
    expect(() => replaceFile(file, 'newer', 0)).toThrow('EEXIST');
    expect([readFileSync(file, 'utf8'), readFileSync(`${backup}`, 'utf8')]).toEqual(['new', 'old']);
    chmodSync(folder, 0o700);
    counts.writes += 1;
  });
});
