// providers.openai.codex_auth through the built program: whose login goes where, and what is said.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
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
let openai: ScriptedProvider;
let chatgpt: ScriptedProvider;
let server: RunningServer;
let file: string;

beforeEach(async () => {
  home = tempHome();
  openai = await startScriptedProvider((_req, res) => void res.end('{}'));
  chatgpt = await startScriptedProvider((_req, res) => void res.end('{}'));
  mkdirSync(join(home.path, '.lunaroute'), { recursive: true });
  mkdirSync(join(home.path, '.codex'));
  file = join(home.path, '.codex/auth.json');
  writeFileSync(
    join(home.path, '.lunaroute/config.yaml'),
    `providers:\n  openai: {base_url: "${openai.url}", codex_auth: ~/.codex/auth.json}\n  chatgpt: {base_url: "${chatgpt.url}"}\n`,
  );
});

afterEach(async () => {
  await server.stop();
  await Promise.all([openai.stop(), chatgpt.stop()]);
  home.remove();
});

function login(expiresInSecs: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + expiresInSecs;
  const token = `${part({ alg: 'none' })}.${part({ exp })}.x`;
  // Codex writes a new file and renames it.
  writeFileSync(
    `${file}.new`,
    JSON.stringify({ tokens: { access_token: token, account_id: 'acct-1' } }),
  );
  renameSync(`${file}.new`, file);
  return token;
}

async function ask(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(server.url + path, {
    method: 'POST',
    headers,
    body: '{"model":"gpt-test","input":"x"}',
  });
}

function header(provider: ScriptedProvider, name: string): string | undefined {
  const raw = provider.requests.at(-1)?.rawHeaders ?? [];
  const index = raw.findIndex((item, at) => at % 2 === 0 && item.toLowerCase() === name);
  return index === -1 ? undefined : raw[index + 1];
}

test('a ChatGPT login goes to the ChatGPT backend, only where the client has no credential', async () => {
  const token = login(3600);
  server = await startServer(cleanEnv(home.path));
  await until('the login to be read', async () => {
    await ask('/v1/responses', { authorization: 'Bearer lunaroute' });
    return chatgpt.requests.length > 0 || undefined;
  });
  expect(chatgpt.requests.at(-1)?.url).toBe('/backend-api/codex/responses');
  expect(header(chatgpt, 'authorization')).toBe(`Bearer ${token}`);
  expect(header(chatgpt, 'chatgpt-account-id')).toBe('acct-1');
  await ask('/v1/responses', { authorization: 'Bearer sk-own' });
  expect(header(openai, 'authorization')).toBe('Bearer sk-own');
  await ask('/v1/embeddings');
  expect(header(openai, 'authorization')).toBeUndefined();
});

test('an expired login is told at once and not sent; a renewed one is used without a restart', async () => {
  login(-60);
  server = await startServer(cleanEnv(home.path));
  const expired = await until('the expired login', async () => {
    const answer = await ask('/v1/responses');
    return answer.status === 401 ? answer : undefined;
  });
  expect(await expired.json()).toMatchObject({
    error: { code: 'login-expired', message: expect.stringContaining('run codex once') },
  });
  await until('the log', () => server.output().includes('has expired') || undefined);
  const sent = openai.requests.length;
  const token = login(3600);
  await until('the renewed login', async () =>
    (await ask('/v1/responses')).ok ? true : undefined,
  );
  expect(header(chatgpt, 'authorization')).toBe(`Bearer ${token}`);
  expect(openai.requests).toHaveLength(sent);
  expect(server.output()).not.toContain(token);
});

test('an API key of Codex is the provider’s own; a missing file is said', async () => {
  server = await startServer(cleanEnv(home.path));
  await until('the log', () => server.output().includes('there is no Codex login in') || undefined);
  writeFileSync(file, '{"OPENAI_API_KEY":"sk-of-codex"}');
  await until('the key', async () => {
    await ask('/v1/responses');
    return header(openai, 'authorization') === 'Bearer sk-of-codex' || undefined;
  });
});
