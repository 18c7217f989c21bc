// Recording in trouble: traffic goes on untouched, one clear warning, readyz says degraded. A disk that
// is full, locked or out of reach: test/hard/process/disk.hard.ts.
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatTime } from '../../src/core/format.ts';
import { databasePath, exchangeIds } from '../helpers/history.ts';
import {
  cleanEnv,
  type RunningServer,
  startServer,
  type TempHome,
  tempHome,
  until,
} from '../helpers/program.ts';
import { type ScriptedProvider, startScriptedProvider } from '../helpers/scripted-provider.ts';

let home: TempHome;
let provider: ScriptedProvider;
let server: RunningServer | undefined;

beforeEach(async () => {
  home = tempHome();
  provider = await startScriptedProvider((seen, res) => {
    res.setHeader('content-type', 'application/octet-stream');
    res.end(seen.body);
  });
});

afterEach(async () => {
  await server?.stop();
  server = undefined;
  await provider.stop();
  home.remove();
});

async function start(args: readonly string[] = []): Promise<RunningServer> {
  server = await startServer(
    cleanEnv(home.path, { LUNAROUTE_ANTHROPIC_BASE_URL: provider.url }),
    args,
  );
  return server;
}

/** An echo through the proxy: the answer must be the very bytes that were sent. */
async function echo(url: string, body: Buffer): Promise<void> {
  const res = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': 'sk-ant-x' },
    body,
  });
  expect(res.status).toBe(200);
  expect(Buffer.from(await res.arrayBuffer()).equals(body)).toBe(true);
}

async function readyz(url: string): Promise<{ status: string; reasons?: string[] }> {
  const res = await fetch(`${url}/readyz`);
  expect(res.status).toBe(200);
  return (await res.json()) as { status: string; reasons?: string[] };
}

const untilStatus = (url: string, status: string) =>
  until(`readyz to say ${status}`, async () => {
    const answer = await readyz(url);
    return answer.status === status ? answer : undefined;
  });

const warnings = (text: string, about: RegExp): number =>
  text.split('\n').filter((line) => about.test(line)).length;

describe('recording in trouble', () => {
  it('recording off: nothing is written', async () => {
    const { url } = await start(['--no-recording']);
    await echo(url, Buffer.alloc(100_000, 'x'));
    expect((await readyz(url)).status).toBe('ready');
    await server?.stop();
    expect(existsSync(databasePath(home.path))).toBe(false);
    expect(existsSync(join(home.path, '.lunaroute/sessions'))).toBe(false);
  });

  it('a corrupt database is set aside under a new name, and a new one begun', async () => {
    mkdirSync(join(home.path, '.lunaroute'), { recursive: true });
    writeFileSync(databasePath(home.path), 'this is no database, but somebody may want it back');
    const { url, output } = await start();
    await echo(url, Buffer.alloc(1000, 'x'));
    const setAside = (): string[] =>
      readdirSync(join(home.path, '.lunaroute')).filter((name) =>
        /^sessions\.db\.corrupt-/.test(name),
      );
    // Before that there is nothing that could be read.
    await until('the old file under its new name', () => setAside()[0]);
    await until('the exchange', () => (exchangeIds(home.path).length === 1 ? true : undefined));
    expect(setAside()).toHaveLength(1);
    expect(output()).toMatch(/corrupt-/);
  });

  it('a link in place of the day: nothing is written through it, it is said, and nothing is lost', async () => {
    const [sessions, outside] = [
      join(home.path, '.lunaroute/sessions'),
      join(home.path, 'outside'),
    ];
    const [day = ''] = formatTime(Date.now()).split(' ');
    mkdirSync(sessions, { recursive: true });
    mkdirSync(outside);
    symlinkSync(outside, join(sessions, day));
    const { url, output } = await start();
    await echo(url, Buffer.from('first'));
    const { reasons } = await untilStatus(url, 'degraded');
    expect(reasons?.join()).toContain('is a link');
    await until('SQLite to go on', () => (exchangeIds(home.path).length === 1 ? true : undefined));
    expect(readdirSync(outside)).toEqual([]);
    rmSync(join(sessions, day));
    await untilStatus(url, 'ready');
    expect(readdirSync(join(sessions, day))).toHaveLength(1);
    expect(warnings(output(), /is a link/)).toBe(1);
  });
});
