// Who may talk to it: foreign names and web pages are refused before anything is forwarded, listening
// beyond this machine needs a token, the token reaches nobody, the bypass reaches configured providers
// only, and a log at its most talkative level holds no secret.
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { ProxyOptions } from '../../src/core/options.ts';
import { report } from '../helpers/hard.ts';
import { cleanEnv, runProgram, startServer, tempHome, until } from '../helpers/program.ts';
import { call, rawClient } from '../helpers/proxy-client.ts';
import { provider, startProxy } from '../helpers/proxy-harness.ts';
import { startUpstream } from '../helpers/proxy-upstream.ts';
import { startScriptedProvider } from '../helpers/scripted-provider.ts';

// Whole programs are started: a starved machine is no failure.
vi.setConfig({ testTimeout: 1_200_000 });

const counts = { cases: 0, refused: 0, opened: 0, foreign: 0, secrets: 0, leaks: 0 };
afterAll(() =>
  report('who may talk to it', {
    'cases run': counts.cases,
    refused: counts.refused,
    'let through': counts.opened,
    'requests at a host that is not configured': counts.foreign,
    'secrets sent': counts.secrets,
    'found in log, records of it or providers': counts.leaks,
  }),
);

/** Where a refused request must not arrive, and what arrives of one that may. */
async function pair(options: Partial<ProxyOptions> = {}) {
  const seen: string[] = [];
  const upstream = await startUpstream((req, res) => {
    seen.push(`${req.url} ${req.rawHeaders.join(' ')}`);
    req.resume();
    res.end('provider');
  });
  const baseUrl = `http://127.0.0.1:${upstream.port}`;
  const providers = [
    provider({ baseUrl, apiKey: 'sk-configured-openai' }),
    provider({
      name: 'anthropic',
      type: 'anthropic',
      baseUrl,
      apiKey: 'sk-ant-configured',
    }),
  ];
  const running = await startProxy(upstream.port, { proxy: { providers, ...options } });
  return { ...running, upstream, seen };
}

const PATHS = ['/v1/messages', '/v1/chat/completions', '/v1/models', '/elsewhere', '/healthz'];
const METHODS = ['GET', 'POST', 'OPTIONS', 'DELETE'];
const FOREIGN_HOSTS = [
  'attacker.example',
  'attacker.example:8081',
  'localhost.attacker.example',
  '127.0.0.1.nip.example',
  'evil-localhost',
  'localhost:8081@attacker.example',
  '0.0.0.0',
  '10.0.0.7:8081',
  '[::2]:8081',
  '[fe80::1]',
  '',
  'localhost, attacker.example',
];
const FOREIGN_PAGES: readonly (readonly string[])[] = [
  ['Origin: https://attacker.example'],
  ['Origin: null'],
  ['Origin: http://localhost'],
  ['Origin: http://localhost.attacker.example'],
  ['Origin: https://127.0.0.1'],
  ['Origin: file://'],
  ['Origin: chrome-extension://abcdef'],
  ['Sec-Fetch-Site: cross-site'],
  ['Sec-Fetch-Site: same-site'],
  ['Origin: https://attacker.example', 'Sec-Fetch-Site: same-origin'],
  ['Origin: https://attacker.example', 'Content-Type: text/plain'],
  [
    'Origin: https://attacker.example',
    'Access-Control-Request-Method: POST',
    'Access-Control-Request-Private-Network: true',
  ],
];

async function expectRefusal(port: number, head: string): Promise<void> {
  const client = rawClient(port, head);
  await client.until('LunaRoute: refused');
  expect(client.text()).toMatch(/^HTTP\/1\.1 403 /);
  expect(client.text().toLowerCase()).not.toContain('access-control');
  client.socket.destroy();
  counts.cases += 1;
  counts.refused += 1;
}

describe('foreign names and web pages', () => {
  it.each(METHODS)('%s from a name that is not ours', async (method) => {
    const { port, upstream } = await pair();
    for (const host of FOREIGN_HOSTS) {
      for (const path of PATHS) {
        const head = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
        await expectRefusal(port, head);
      }
    }
    expect(upstream.hits()).toBe(0);
  });

  it.each(METHODS)('%s from a page that is not ours', async (method) => {
    const { port, upstream } = await pair();
    for (const lines of FOREIGN_PAGES) {
      for (const path of PATHS) {
        const head = `${method} ${path} HTTP/1.1\r\nHost: {host}\r\n${lines.join('\r\n')}\r\n\r\n`;
        await expectRefusal(port, head);
      }
    }
    expect(upstream.hits()).toBe(0);
  });

  it('allowed_hosts opens exactly the names that it lists', async () => {
    const { port, upstream } = await pair({ allowedHosts: ['Luna.Example', 'tools.example'] });
    const open = [
      'Host: luna.example',
      'Host: LUNA.example:8081',
      'Host: {host}\r\nOrigin: https://tools.example',
    ];
    for (const lines of open) {
      const client = rawClient(port, `GET /v1/models HTTP/1.1\r\n${lines}\r\nx-api-key: k\r\n\r\n`);
      await client.until('provider');
      counts.cases += 1;
      counts.opened += 1;
    }
    for (const host of ['www.luna.example', 'luna.example.attacker.example', 'lunaxexample']) {
      await expectRefusal(port, `GET /v1/models HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    }
    expect(upstream.hits()).toBe(open.length);
  });
});

const TOKEN = 'CANARY-token-of-lunaroute';
const SHOWN: Record<string, readonly string[]> = {
  'its own header': ['x-lunaroute-token', TOKEN],
  'its own header beside a client key': [
    'x-lunaroute-token',
    TOKEN,
    'x-api-key',
    'sk-ant-api03-client',
  ],
  "Anthropic's key": ['x-api-key', TOKEN],
  'a bearer token': ['Authorization', `Bearer ${TOKEN}`],
  "Azure's key": ['api-key', TOKEN],
  'all at once': ['x-lunaroute-token', TOKEN, 'x-api-key', TOKEN, 'Authorization', TOKEN],
};
const NOT_SHOWN: Record<string, readonly string[]> = {
  nothing: [],
  'a key of the client': ['x-api-key', 'sk-ant-api03-client'],
  'a wrong token': ['x-lunaroute-token', `${TOKEN}x`],
  'an empty token': ['x-lunaroute-token', ''],
  'a part of it': ['Authorization', `Bearer ${TOKEN.slice(0, -1)}`],
  'it in another header': ['x-other', TOKEN],
  'it as a cookie': ['cookie', TOKEN],
};

describe('a proxy with server.auth_token', () => {
  it('forwards for whoever shows the token, and the token reaches no provider and no recorder', async () => {
    const { port, seen, recorder } = await pair({ authToken: TOKEN });
    for (const headers of Object.values(SHOWN)) {
      for (const path of ['/v1/messages', '/v1/chat/completions?x=1', '/v1/responses']) {
        const answer = await call(port, { method: 'POST', path, headers, body: '{}' });
        if (path !== '/v1/messages' && headers.includes('sk-ant-api03-client')) {
          expect(answer.status).toBe(400);
          counts.refused += 1;
        } else {
          expect(answer.body.toString()).toBe('provider');
          counts.opened += 1;
        }
        counts.cases += 1;
      }
    }
    await until('all records', () =>
      recorder.exchanges().filter(({ end }) => end !== null).length === 18 ? true : undefined,
    );
    const recorded = JSON.stringify(recorder.exchanges().map(({ open }) => open));
    const leaks = [...seen, recorded].filter((text) => text.includes('CANARY'));
    counts.leaks += leaks.length;
    expect(leaks).toEqual([]);
    expect(seen.filter((text) => text.includes('configured'))).toHaveLength(15);
  });

  it('answers nobody else, in the shape of the API, and forwards and records nothing', async () => {
    const { port, upstream, recorder } = await pair({ authToken: TOKEN });
    for (const headers of Object.values(NOT_SHOWN)) {
      for (const path of ['/v1/messages', '/v1/chat/completions', `/v1/models?key=${TOKEN}`]) {
        const answer = await call(port, { method: 'POST', path, headers, body: '{}' });
        expect([answer.status, answer.header('x-lunaroute-error')]).toEqual([
          401,
          'token-required',
        ]);
        expect(answer.body.toString()).not.toContain('CANARY');
        counts.cases += 1;
        counts.refused += 1;
      }
    }
    const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/responses`);
    const [error] = await once(socket, 'error');
    expect(String(error)).toContain('401');
    counts.refused += 1;
    expect([upstream.hits(), recorder.exchanges()]).toEqual([0, []]);
    const health = await call(port, { path: '/healthz' });
    expect(health.status).toBe(200);
  });
});

it('no request line reaches a host that is not a configured provider', async () => {
  const decoy = await startUpstream((_req, res) => res.end('decoy'));
  const { port, seen } = await pair();
  const at = `127.0.0.1:${decoy.port}`;
  const paths = [
    `//${at}/`,
    `///${at}/v1`,
    `/\\${at}/`,
    `/\\\\${at}`,
    `/@${at}/`,
    `/v1/messages@${at}`,
    `/v1/..//${at}`,
    `/.//${at}/%2e%2e`,
    `/%2f%2f${at}`,
    `/?url=http://${at}`,
    `/;@${at}/`,
    `/http://${at}/`,
    `/v1/messages#@${at}`,
    `/v1/%0d%0aHost:%20${at}`,
  ];
  for (const path of paths) {
    const client = rawClient(port, `GET ${path} HTTP/1.1\r\nHost: {host}\r\nx-api-key: k\r\n\r\n`);
    await client.until('\r\n\r\n');
    client.socket.destroy();
    counts.cases += 1;
  }
  const forms = [`GET http://${at}/ HTTP/1.1`, `CONNECT ${at} HTTP/1.1`, `GET ${at} HTTP/1.1`];
  for (const line of forms) {
    const client = rawClient(port, `${line}\r\nHost: {host}\r\n\r\n`);
    await client.until('x-lunaroute-error');
    client.socket.destroy();
    counts.cases += 1;
    counts.refused += 1;
  }
  const headers = [
    `X-Forwarded-Host: ${at}`,
    `X-Original-URL: http://${at}/`,
    `Forwarded: host=${at}`,
  ];
  for (const header of headers) {
    const client = rawClient(port, `GET /v1/models HTTP/1.1\r\nHost: {host}\r\n${header}\r\n\r\n`);
    await client.until('\r\n\r\n');
    client.socket.destroy();
    counts.cases += 1;
  }
  counts.foreign += decoy.hits();
  expect(decoy.hits()).toBe(0);
  expect(seen.length).toBeGreaterThanOrEqual(paths.length);
});

describe('beyond this machine', () => {
  it('does not start without a token, nor with a short one, and says what to do', async () => {
    const home = tempHome();
    onTestFinished(() => home.remove());
    const args = ['serve', '--host', '0.0.0.0', '--port', '0'];
    const bare = await runProgram(args, cleanEnv(home.path));
    expect(bare.code).toBe(1);
    expect(bare.stderr).toContain('without a token');
    expect(bare.stderr).toContain('server.auth_token');
    expect(bare.stderr).toContain('--insecure');
    const short = await runProgram(args, cleanEnv(home.path, { LUNAROUTE_AUTH_TOKEN: 'CANARY' }));
    expect(short.code).toBe(1);
    expect(short.stderr).toContain('LUNAROUTE_AUTH_TOKEN: error: server.auth_token: expected 16');
    expect(short.stderr).not.toContain('CANARY');
    counts.cases += 2;
    counts.refused += 2;
  });

  it('serves with --insecure, and with a token; its log at trace holds no secret', async () => {
    const home = tempHome();
    onTestFinished(() => home.remove());
    const canaries = ['CANARYapikey', 'CANARYbearer', 'CANARYcookie', 'CANARYquery', 'CANARYproxy'];
    const scripted = await startScriptedProvider((req, res) => {
      res.writeHead(401, { 'content-type': 'application/json', 'x-token': 'CANARYanswer' });
      res.end(JSON.stringify({ error: { message: `wrong key ${req.rawHeaders.join(' ')}` } }));
    });
    onTestFinished(() => scripted.stop());
    const env = cleanEnv(home.path, {
      LUNAROUTE_AUTH_TOKEN: TOKEN,
      LUNAROUTE_ANTHROPIC_BASE_URL: scripted.url.replace('://', '://user:CANARYpassword@'),
      ANTHROPIC_API_KEY: 'sk-ant-api03-CANARYconfigured',
    });
    const args = ['--host', '0.0.0.0', '--log-level', 'trace', '--log-requests'];
    const server = await startServer(env, args);
    onTestFinished(async () => void (await server.stop('SIGKILL')));
    expect(server.output()).toContain('knows server.auth_token');
    const secret = {
      'x-lunaroute-token': TOKEN,
      'x-api-key': 'sk-ant-api03-CANARYapikey-0123456789',
      authorization: 'Bearer CANARYbearer-0123456789',
      cookie: 'session=CANARYcookie',
      'proxy-authorization': 'Basic CANARYproxy',
    };
    const url = `${server.url}/v1/messages?key=CANARYquery-0123456789&beta=true`;
    const send = (headers: Record<string, string>) =>
      fetch(url, { method: 'POST', headers, body: '{"model":"m","messages":[]}' });
    expect((await send(secret)).status).toBe(401);
    expect((await send({})).headers.get('x-lunaroute-error')).toBe('token-required');
    expect((await send({ 'x-api-key': TOKEN })).headers.get('x-lunaroute-error')).toBeNull();
    await until('the lines', () =>
      server.output().split('POST /v1/messages').length > 4 ? true : undefined,
    );
    expect(await server.stop()).toBe(0);
    expect(scripted.requests.some(({ rawHeaders }) => `${rawHeaders}`.includes(TOKEN))).toBe(false);
    const dataDir = join(home.path, '.lunaroute');
    const files = readdirSync(dataDir, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'));
    const leaks = [server.output(), ...files].flatMap((text) => text.match(/CANARY\w*/g) ?? []);
    counts.secrets += canaries.length + 4;
    counts.leaks += leaks.length;
    expect(leaks).toEqual([]);

    const open = await startServer(cleanEnv(home.path), ['--host', '0.0.0.0', '--insecure']);
    onTestFinished(async () => void (await open.stop('SIGKILL')));
    expect(open.output()).toContain('INSECURE');
    expect(await open.stop()).toBe(0);
    counts.cases += 5;
  });
});
