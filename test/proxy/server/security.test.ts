import { expect, test } from 'vitest';
import { call, rawClient } from '../../helpers/proxy-client.ts';
import { provider, startProxy } from '../../helpers/proxy-harness.ts';
import { startUpstream } from '../../helpers/proxy-upstream.ts';

async function startPair(overrides: Parameters<typeof startProxy>[1] = {}) {
  const paths: string[] = [];
  const upstream = await startUpstream((req, res) => {
    paths.push(req.url ?? '');
    res.end('provider');
  });
  return { ...(await startProxy(upstream.port, overrides)), upstream, paths };
}

test('a path that looks like a host stays a path', async () => {
  const decoy = await startUpstream((_req, res) => res.end('decoy'));
  const { port, paths } = await startPair();
  const targets = [
    `//127.0.0.1:${decoy.port}/v1/x`,
    `/\\127.0.0.1:${decoy.port}/`,
    `/@127.0.0.1:${decoy.port}/`,
    `/v1/../..//127.0.0.1:${decoy.port}`,
    `/.//127.0.0.1:${decoy.port}/%2e%2e`,
  ];
  for (const path of targets) {
    const client = rawClient(port, `GET ${path} HTTP/1.1\r\nHost: {host}\r\n\r\n`);
    await client.until('provider');
  }
  expect(paths).toEqual(targets);
  expect(decoy.hits()).toBe(0);
});

test('full URLs, * and CONNECT go nowhere', async () => {
  const decoy = await startUpstream((_req, res) => res.end('decoy'));
  const { port, upstream } = await startPair();
  const cases: [string, string][] = [
    [`GET http://127.0.0.1:${decoy.port}/v1/models HTTP/1.1`, '400 Bad Request'],
    ['OPTIONS * HTTP/1.1', '400 Bad Request'],
    [`CONNECT 127.0.0.1:${decoy.port} HTTP/1.1`, '405 Method Not Allowed'],
  ];
  for (const [line, status] of cases) {
    const client = rawClient(port, `${line}\r\nHost: {host}\r\n\r\n`);
    await client.until(status);
    expect(client.text()).toContain('x-lunaroute-error');
  }
  expect([decoy.hits(), upstream.hits()]).toEqual([0, 0]);
});

test.each([
  ['a rebound name', ['Host: attacker.example:8081']],
  ['two Host headers', ['Host: {host}', 'Host: {host}']],
  [
    'a page of another origin',
    ['Host: {host}', 'Origin: https://attacker.example', 'Content-Type: text/plain'],
  ],
  ['a cross-site fetch', ['Host: {host}', 'Sec-Fetch-Site: cross-site']],
])('%s is refused and the provider sees nothing', async (_name, lines) => {
  const { port, upstream, recorder } = await startPair();
  const client = rawClient(
    port,
    `POST /v1/messages HTTP/1.1\r\n${lines.join('\r\n')}\r\nContent-Length: 2\r\n\r\n{}`,
  );
  await client.until('LunaRoute: refused');
  expect(client.text()).toMatch(/^HTTP\/1\.1 403 /);
  expect(client.text().toLowerCase()).not.toContain('access-control');
  expect(upstream.hits()).toBe(0);
  expect(recorder.exchanges()).toEqual([]);
});

test('a preflight gets no permission', async () => {
  const { port, upstream } = await startPair();
  const answer = await call(port, {
    method: 'OPTIONS',
    headers: [
      'Origin',
      'https://attacker.example',
      'Access-Control-Request-Method',
      'POST',
      'Access-Control-Request-Private-Network',
      'true',
    ],
  });
  expect(answer.status).toBe(403);
  expect(answer.rawHeaders.filter((name) => /^access-control/i.test(name))).toEqual([]);
  expect(upstream.hits()).toBe(0);
});

test.each([
  ['a length and a coding', 'Content-Length: 3\r\nTransfer-Encoding: chunked', '400 Bad Request'],
  ['two lengths', 'Content-Length: 3\r\nContent-Length: 4', '400 Bad Request'],
  ['a length that is none', 'Content-Length: x', '400 Bad Request'],
  ['headers beyond 64 kB', `X-Long: ${'x'.repeat(70_000)}`, '431 Request Header Fields Too Large'],
])('%s is refused and the connection closed', async (_name, header, status) => {
  const { port, upstream } = await startPair();
  const client = rawClient(
    port,
    `POST /v1/responses HTTP/1.1\r\nHost: {host}\r\n${header}\r\n\r\nabc`,
  );
  await client.until(status);
  await client.untilEnded();
  expect(upstream.hits()).toBe(0);
});

test('headers just below 64 kB pass', async () => {
  const { port } = await startPair();
  const answer = await call(port, { headers: ['X-Long', 'x'.repeat(60_000)] });
  expect(answer.body.toString()).toBe('provider');
});

test('an ambiguous request is refused with the reason, recorded, and sent to no one', async () => {
  const upstream = await startUpstream((_req, res) => res.end());
  const baseUrl = `http://127.0.0.1:${upstream.port}`;
  const providers = [
    provider({ baseUrl }),
    provider({ name: 'anthropic', type: 'anthropic', baseUrl }),
  ];
  const { port, recorder } = await startProxy(upstream.port, { proxy: { providers } });
  const foreign = await call(port, {
    method: 'POST',
    path: '/v1/responses',
    headers: ['x-api-key', 'sk-ant-CANARY'],
    body: '{}',
  });
  const unknown = await call(port, { method: 'POST', path: '/x', body: '{"model":"llama"}' });
  for (const answer of [foreign, unknown]) {
    expect([answer.status, answer.header('x-lunaroute-error')]).toEqual([
      400,
      'ambiguous-provider',
    ]);
    expect(answer.body.toString()).not.toContain('CANARY');
  }
  expect(upstream.hits()).toBe(0);
  expect((await recorder.ended(1)).end).toMatchObject({
    kind: 'no-answer',
    code: 'ambiguous-provider',
  });
});

test('the model decides where the path does not, and the whole body still arrives', async () => {
  const bodies: string[] = [];
  const upstream = await startUpstream((req, res) => {
    req.on('data', (chunk) => bodies.push(String(chunk))).on('end', () => res.end('claude'));
  });
  const providers = [
    provider({ baseUrl: 'http://127.0.0.1:1' }),
    provider({
      name: 'anthropic',
      type: 'anthropic',
      baseUrl: `http://127.0.0.1:${upstream.port}/lab/`,
    }),
  ];
  const { port, recorder } = await startProxy(1, { proxy: { providers } });
  const body = '{"model":"claude-sonnet-5"}';
  const answer = await call(port, { method: 'POST', path: '/x', body });
  expect([answer.body.toString(), bodies.join('')]).toEqual(['claude', body]);
  const exchange = await recorder.ended();
  expect(exchange.request.toString()).toBe(body);
  expect(exchange.kinds).toEqual(['open', 'bytes', 'received', 'sent', 'head', 'bytes', 'end']);
});

test.each([
  ['/lab', '/v1/models', '/lab/v1/models'],
  ['/lab/', '/v1/models?x=1', '/lab/v1/models?x=1'],
  ['/v1', '/v1/models', '/v1/models'],
  ['/lab/v1/', '/models', '/lab/v1/models'],
  ['', '/v1/v1/models', '/v1/models'],
])('base path %j and target %s give %s', async (prefix, path, expected) => {
  const upstream = await startUpstream((req, res) => res.end(req.url));
  const { port } = await startProxy(upstream.port, {
    provider: { baseUrl: `http://127.0.0.1:${upstream.port}${prefix}` },
  });
  expect((await call(port, { path })).body.toString()).toBe(expected);
});

test('a configured key reaches the provider and neither the client nor a placeholder does', async () => {
  const upstream = await startUpstream((req, res) => res.end(JSON.stringify(req.rawHeaders)));
  const { port } = await startProxy(upstream.port, { provider: { apiKey: 'sk-own' } });
  const answer = await call(port, { headers: ['Authorization', 'Bearer lunaroute'] });
  const headers: string[] = JSON.parse(answer.body.toString());
  expect(headers.filter((_, i) => headers[i - 1]?.toLowerCase() === 'authorization')).toEqual([
    'Bearer sk-own',
  ]);
});
