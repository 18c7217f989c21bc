// The web API of the built program: the same shapes as the commands, live growth, deletion in both
// stores, `lunaroute ui`, and sign-in.
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SseReader } from '../../src/dialects/sse.ts';
import { answerAnthropic } from '../helpers/anthropic-provider.ts';
import { everyFile } from '../helpers/every-file.ts';
import {
  cleanEnv,
  type RunningServer,
  runProgram,
  startServer,
  type TempHome,
  tempHome,
  until,
} from '../helpers/program.ts';
import { type ScriptedProvider, startScriptedProvider } from '../helpers/scripted-provider.ts';
import type { Json } from '../helpers/ui-api.ts';

let home: TempHome;
let provider: ScriptedProvider;
let server: RunningServer | undefined;
let env: Record<string, string>;
/** Holds an answer back until the test lets it go. */
let gate: Promise<void> = Promise.resolve();

beforeEach(async () => {
  home = tempHome();
  gate = Promise.resolve();
  provider = await startScriptedProvider(async (_req, res) => {
    const before = gate;
    const headers = {
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '40',
    };
    await before;
    await answerAnthropic(res, { headers, pieces: ['Moons ', 'of ', 'Jupiter.'] });
  });
  env = cleanEnv(home.path, { LUNAROUTE_ANTHROPIC_BASE_URL: provider.url });
});

afterEach(async () => {
  await server?.stop();
  await provider.stop();
  home.remove();
});

function pageUrl(): string {
  return /Web page +(http:\S+)/.exec(server?.output() ?? '')?.[1] ?? '';
}

async function start(args: readonly string[] = []): Promise<void> {
  server = await startServer(env, args);
  await until('the page', () => (pageUrl() === '' ? undefined : true));
}

async function get(path: string): Promise<Json> {
  const response = await fetch(`${pageUrl()}/api/v1${path}`);
  expect([path, response.status]).toEqual([path, 200]);
  return await response.json();
}

async function ask(session: string, words: string): Promise<void> {
  const response = await fetch(`${server?.url}/v1/messages`, {
    method: 'POST',
    headers: {
      'x-api-key': 'sk-ant-lab',
      'x-session-id': session,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      model: 'claude-opus-5-5',
      stream: true,
      messages: [{ role: 'user', content: words }],
    }),
  });
  await response.text();
}

async function recorded(count: number): Promise<Json> {
  return await until('the records', async () => {
    const { items } = await get('/exchanges');
    return items.length === count && items.every((item: Json) => item.outcome !== null)
      ? items
      : undefined;
  });
}

async function command(...args: string[]): Promise<Json> {
  const { code, stdout, stderr } = await runProgram([...args, '--json'], env);
  expect([args, code, stderr]).toEqual([args, 0, '']);
  return JSON.parse(stdout);
}

describe('the API of the running program', () => {
  it('answers what the commands print', async () => {
    await start();
    await ask('one', 'what circles Jupiter?');
    await ask('two', 'and Saturn?');
    await recorded(2);
    const page = async (path: string): Promise<Json> => (await get(path)).items;
    expect(await page('/sessions')).toEqual(await command('sessions', 'list'));
    expect(await page('/search?q=jupiter')).toEqual(await command('sessions', 'search', 'jupiter'));
    expect(await page('/limits')).toEqual(await command('limits'));
    expect((await page('/limits'))[0].limits[0]).toMatchObject({ limit: 50, remaining: 40 });
    expect(await get('/config')).toMatchObject({ values: expect.any(Array) });
    for (const by of ['day', 'session']) {
      expect(await page(`/costs?by=${by}`)).toEqual(await command('stats', '--by', by));
    }
    expect(await page('/models')).toEqual(await command('stats', '--by', 'model'));
    expect(await page('/tools')).toEqual(await command('stats', '--by', 'tool'));
    const { total } = await command('stats');
    expect(await get('/stats')).toEqual(total);
    const shown = await command('sessions', 'show', 'one');
    expect(await get('/sessions/one')).toEqual(shown.session);
    const [first] = shown.exchanges;
    expect(await get(`/exchanges/${first.id}`)).toMatchObject(first);
    const { latency, ...sums } = await command('stats', 'one');
    expect(await get('/stats?session=one')).toEqual(sums);
    expect((await get('/latency')).total.count).toBe(2);
    expect(latency.total.count).toBe(1);
    const cache = await command('stats', 'one', '--cache');
    const { findings, ...rest } = await get('/sessions/one/cache');
    expect({ ...rest, findings: findings.toReversed() }).toEqual(cache);
  }, 60_000);

  it('streams an answer while it grows, and deletes it from both stores', async () => {
    await start();
    const response = await fetch(`${pageUrl()}/api/v1/live`);
    const reader = response.body?.getReader();
    const parser = new SseReader();
    const seen: Json[] = [];
    const wait = async (what: string, has: (event: Json) => boolean): Promise<Json> => {
      for (;;) {
        const found = seen.find(has);
        if (found !== undefined) return found;
        const chunk = await reader?.read();
        if (chunk?.value === undefined) throw new Error(`the stream ended before ${what}`);
        for (const { data } of parser.push(chunk.value)) seen.push(JSON.parse(data));
      }
    };
    await wait('the snapshot', ({ running }) => running?.length === 0);
    const held = Promise.withResolvers<void>();
    gate = held.promise;
    const asking = ask('gone', 'a planet nobody names');
    const started = await wait('the start', ({ type }) => type === 'exchange.started');
    expect(started.exchange.promptPreview).toBe('a planet nobody names');
    held.resolve();
    await wait(
      'growing text',
      ({ type, text }) => type === 'response.progress' && text.includes('Moons'),
    );
    const { end } = await wait('the end', ({ type }) => type === 'exchange.ended');
    expect([end.outcome, end.usage.input]).toEqual(['completed', 10]);
    await asking;
    await reader?.cancel();
    await ask('kept', 'a planet of another name');
    await recorded(2);

    const texts = (): string =>
      everyFile(join(home.path, '.lunaroute/sessions'))
        .map(({ text }) => text)
        .join('');
    await until('both in JSONL', () => (texts().includes('another name') ? true : undefined));
    expect(texts()).toContain('nobody names');
    const { token } = await get('/overview');
    const remove = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${pageUrl()}/api/v1/sessions/gone`, { method: 'DELETE', headers });
    expect((await remove({})).status).toBe(403);
    expect((await get('/sessions')).items.length).toBe(2);
    expect((await remove({ 'x-lunaroute-token': token })).status).toBe(204);
    expect((await get('/sessions')).items.map((item: Json) => item.sessionId)).toEqual(['kept']);
    expect((await get('/search?q=nobody')).items).toEqual([]);
    expect(texts()).not.toContain('nobody names');
    expect(texts()).toContain('another name');
    await fetch(`${pageUrl()}/api/v1/sessions/kept/pin`, {
      method: 'PUT',
      headers: { 'x-lunaroute-token': token },
    });
    expect((await command('sessions', 'list'))[0]).toMatchObject({
      sessionId: 'kept',
      isPinned: true,
    });
  }, 60_000);
});

describe('lunaroute ui', () => {
  it('prints links, opens a browser, and says where there is none', async () => {
    await start();
    await ask('moons', 'hello');
    const [{ id }] = await recorded(1);
    const port = String(server?.port);
    const ui = (...args: string[]) => runProgram(['ui', '--port', port, ...args], env);
    const link = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await ui('--print', ...args);
      expect([args, code, stderr]).toEqual([args, 0, '']);
      return stdout.trim();
    };
    expect(await link()).toBe(`${pageUrl()}/`);
    expect(await link('last')).toBe(`${pageUrl()}/sessions/moons`);
    expect(await link('moo')).toBe(`${pageUrl()}/sessions/moons`);
    expect(await link(id)).toBe(`${pageUrl()}/exchanges/${id}`);
    const unknown = await ui('--print', 'none');
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      expect.stringContaining('no session begins with none'),
    ]);
    const json = await ui('last', '--print', '--json');
    expect(JSON.parse(json.stdout)).toEqual({ url: `${pageUrl()}/sessions/moons`, started: false });

    const nowhere = await ui();
    expect([nowhere.code, nowhere.stdout.trim()]).toEqual([0, `${pageUrl()}/`]);
    expect(nowhere.stderr).toContain('no browser could be started');
    const browser = join(home.path, 'browser');
    writeFileSync(browser, `#!/bin/sh\necho "$@" > ${home.path}/opened\n`);
    chmodSync(browser, 0o755);
    const opened = await runProgram(['ui', '--port', port, 'last'], { ...env, BROWSER: browser });
    expect([opened.code, opened.stderr]).toEqual([0, '']);
    await until('the browser', () => (existsSync(join(home.path, 'opened')) ? true : undefined));
    expect(readFileSync(join(home.path, 'opened'), 'utf8')).toBe(`${pageUrl()}/sessions/moons\n`);
  }, 60_000);

  it('asks for the token beyond this machine, and says how to show it', async () => {
    const file = join(home.path, 'config.yaml');
    writeFileSync(file, 'ui: {host: 0.0.0.0}\n');
    const refused = await runProgram(['serve', '--config', file], env);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('set ui.auth_token'),
    ]);
    writeFileSync(file, 'ui: {host: 0.0.0.0, auth_token: canary-0123456789}\n');
    await start(['--config', file]);
    const output = server?.output() ?? '';
    expect(output).toContain('ui.auth_token as the password');
    expect(output).not.toContain('canary');
    const ask = async (authorization: string | null, path: string): Promise<number> => {
      const headers = authorization === null ? {} : { authorization };
      return (await fetch(`${pageUrl()}${path}`, { headers })).status;
    };
    const password = `Basic ${Buffer.from('me:canary-0123456789').toString('base64')}`;
    expect(await ask(null, '/api/v1/sessions')).toBe(401);
    expect(await ask(null, '/api/v1/live')).toBe(401);
    expect(await ask(password, '/api/v1/sessions')).toBe(200);
    const config = await fetch(`${pageUrl()}/api/v1/config`, {
      headers: { authorization: password },
    });
    const text = await config.text();
    expect(text).toContain('ui.auth_token');
    expect(text).not.toContain('canary');
  }, 60_000);
});
