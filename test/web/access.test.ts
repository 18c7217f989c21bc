// Who may ask the UI's server, what it never gives away, and what every answer forbids the browser.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allOperations } from '../../src/web/server/operations/all-operations.ts';
import { tempFolder } from '../helpers/store-items.ts';
import { startUiApi } from '../helpers/ui-api.ts';

const API = '/api/v1';
const SESSION = '0001beef-session';
const CHANGES = allOperations('token').filter(({ method }) => method !== 'get');

function builtPage(): string {
  const folder = join(tempFolder(), 'web');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>the page</title>');
  writeFileSync(join(folder, 'assets/index-abc.js'), 'export {}');
  writeFileSync(join(folder, 'assets/secret.txt'), 'no type that is served');
  writeFileSync(join(folder, '../secret.js'), 'outside');
  return folder;
}

describe('what changes something', () => {
  it('is known to these tests', () => {
    expect(CHANGES.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'delete /sessions/{id}',
      'put /sessions/{id}/pin',
      'delete /sessions/{id}/pin',
    ]);
  });

  const refusals = (token: string): Record<string, Record<string, string>> => ({
    'no token': {},
    'another token': { 'x-lunaroute-token': 'a'.repeat(token.length) },
    'a shorter token': { 'x-lunaroute-token': token.slice(1) },
    'the token as a bearer': { authorization: `Bearer ${token}` },
    'a foreign host': { 'x-lunaroute-token': token, host: 'evil.example' },
    'a name that is rebound': { 'x-lunaroute-token': token, host: 'evil.example:8082' },
    'a foreign origin': { 'x-lunaroute-token': token, origin: 'https://evil.example' },
    'an opaque origin': { 'x-lunaroute-token': token, origin: 'null' },
    'another port of this machine': { 'x-lunaroute-token': token, origin: 'http://localhost:3000' },
    'another site': { 'x-lunaroute-token': token, 'sec-fetch-site': 'cross-site' },
  });

  it.each(CHANGES)(
    '$method $path is refused to strangers, and works for the page',
    async (call) => {
      const api = await startUiApi();
      const path = `${API}${call.path.replace('{id}', SESSION)}`;
      const method = call.method.toUpperCase();
      const { token } = (await api.ask(`${API}/overview`)).json();
      const before = api.history.session(SESSION);
      expect(before).not.toBeNull();
      for (const [who, headers] of Object.entries(refusals(token))) {
        const { status, headers: given } = await api.ask(path, { method, headers });
        const isBearer = who === 'the token as a bearer';
        expect([who, status]).toEqual([who, isBearer ? 401 : 403]);
        expect(given['content-type']).toBe('application/problem+json');
        expect(Object.keys(given).filter((name) => name.startsWith('access-control'))).toEqual([]);
      }
      expect(api.history.session(SESSION)).toEqual(before);
      const origin = `http://127.0.0.1:${api.port}`;
      const headers = { 'x-lunaroute-token': token, origin, 'sec-fetch-site': 'same-origin' };
      expect((await api.ask(path, { method, headers })).status).toBe(204);
      const now = api.history.session(SESSION);
      if (call.path === '/sessions/{id}') expect(now).toBeNull();
      else expect(now?.isPinned).toBe(method === 'PUT');
      const unknown = `${API}${call.path.replace('{id}', 'none')}`;
      expect((await api.ask(unknown, { method, headers })).status).toBe(404);
    },
  );

  it('gives the token only to this origin', async () => {
    const api = await startUiApi();
    for (const headers of [{ host: 'evil.example' }, { origin: 'https://evil.example' }]) {
      const { status, text } = await api.ask(`${API}/overview`, { headers });
      expect([status, text.includes('token')]).toEqual([403, false]);
    }
  });
});

describe('reading', () => {
  it.each([
    ['a foreign host', { host: 'evil.example' }],
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a preflight', { origin: 'https://evil.example', 'access-control-request-method': 'GET' }],
  ])('is refused to %s, the page included', async (_who, headers) => {
    const api = await startUiApi({ pageFolder: builtPage() });
    for (const path of ['/', '/assets/index-abc.js', `${API}/sessions`, `${API}/live`]) {
      expect([path, (await api.ask(path, { headers })).status]).toEqual([path, 403]);
    }
  });

  it('needs the configured token, from this machine too', async () => {
    const authToken = 'a-long-token-of-a-person';
    const api = await startUiApi({ authToken, pageFolder: builtPage() });
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    const status = async (path: string, authorization?: string): Promise<number> =>
      (await api.ask(path, { headers: authorization === undefined ? {} : { authorization } }))
        .status;
    for (const path of ['/', '/assets/index-abc.js', `${API}/sessions`]) {
      expect(await status(path)).toBe(401);
      expect(await status(path, basic('me:wrong'))).toBe(401);
      expect(await status(path, basic(authToken))).toBe(200);
      expect(await status(path, basic(`me:${authToken}x`))).toBe(401);
      expect(await status(path, `Bearer ${authToken}x`)).toBe(401);
      expect(await status(path, `Digest ${authToken}`)).toBe(401);
      expect(await status(path, basic(`me:${authToken}`))).toBe(200);
      expect(await status(path, `bearer ${authToken}`)).toBe(200);
      expect(await status(path, 'Bearer screen-token')).toBe(200);
    }
    const asked = await api.ask('/');
    expect(asked.headers['www-authenticate']).toMatch(/^Basic realm="LunaRoute"/);
    expect(asked.text).not.toContain(authToken);
  });
});

describe('the page', () => {
  it('is served whatever its address, with a policy that forbids everything else', async () => {
    const api = await startUiApi({ pageFolder: builtPage() });
    for (const path of ['/', '/sessions', `/sessions/${SESSION}?tab=cache`, '/exchanges/a%2Fb.c']) {
      const { status, text, headers } = await api.ask(path);
      expect([path, status, text]).toEqual([path, 200, '<!doctype html><title>the page</title>']);
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
      );
      expect(headers).toMatchObject({
        'cache-control': 'no-cache',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
      });
    }
    const script = await api.ask('/assets/index-abc.js');
    expect([script.text, script.headers['content-type'], script.headers['cache-control']]).toEqual([
      'export {}',
      'text/javascript; charset=utf-8',
      'public, max-age=31536000, immutable',
    ]);
    const data = await api.ask(`${API}/sessions`);
    expect(data.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
  });

  it.each([
    '/assets/secret.txt',
    '/assets/../../secret.js',
    '/assets/..%2f..%2fsecret.js',
    '/assets/%2e%2e/%2e%2e/secret.js',
    '/..%5c..%5csecret.js',
    '/assets/index-abc.js%00.css',
    '/assets//etc/passwd',
    '//etc/passwd',
    '/%2fetc%2fpasswd',
    'http://127.0.0.1/etc/passwd',
    '/../../../../etc/passwd',
  ])('gives nothing but itself for %s', async (path) => {
    const api = await startUiApi({ pageFolder: builtPage() });
    const { status, text } = await api.ask(path);
    expect(text).not.toMatch(/root:|outside|no type/);
    if (status === 200) expect(text).toBe('<!doctype html><title>the page</title>');
    else expect([400, 404]).toContain(status);
  });

  it('says what is missing when it was not built', async () => {
    const api = await startUiApi();
    const { status, text } = await api.ask('/');
    expect([status, text]).toEqual([503, expect.stringContaining('npm run build')]);
    expect((await api.ask('/', { method: 'POST' })).status).toBe(405);
  });
});
