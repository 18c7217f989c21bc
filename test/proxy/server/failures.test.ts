import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { expect, onTestFinished, test } from 'vitest';
import { call, post } from '../../helpers/proxy-client.ts';
import { provider, startProxy } from '../../helpers/proxy-harness.ts';
import {
  closedPort,
  hasWholeHead,
  startRawUpstream,
  startUpstream,
} from '../../helpers/proxy-upstream.ts';
import { waitFor } from '../../helpers/proxy-wait.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

test('an unreachable provider is a 502 that says where and what to do; the next request recovers', async () => {
  const port = await closedPort();
  const { port: proxyPort, recorder } = await startProxy(port, { provider: { maxRetries: 1 } });
  const answer = await post(proxyPort);
  expect(answer.status).toBe(502);
  expect(answer.header('x-lunaroute-error')).toBe('connect-refused');
  const { error } = JSON.parse(answer.body.toString());
  expect(error.message).toMatch(new RegExp(`^LunaRoute: cannot connect to 127.0.0.1:${port}`));
  const exchange = await recorder.ended();
  expect(exchange.end).toMatchObject({ kind: 'no-answer', code: 'connect-refused' });
  expect(exchange.kinds).toEqual(['open', 'bytes', 'received', 'end']);
  const server = createServer((_req, res) => res.end('back')).listen(port, '127.0.0.1');
  onTestFinished(() => void server.close().closeAllConnections());
  expect((await post(proxyPort)).body.toString()).toBe('back');
});

test('an Anthropic client gets it in Anthropic’s shape', async () => {
  const baseUrl = `http://127.0.0.1:${await closedPort()}`;
  const { port } = await startProxy(1, {
    proxy: { providers: [provider({ name: 'anthropic', type: 'anthropic', baseUrl })] },
  });
  const answer = await call(port, { method: 'POST', path: '/v1/messages', body: '{}' });
  expect(JSON.parse(answer.body.toString())).toMatchObject({
    type: 'error',
    error: { type: 'api_error' },
  });
});

test('an unknown host name is named', async () => {
  const { port } = await startProxy(1, { provider: { baseUrl: 'http://no-such-host.invalid' } });
  const answer = await post(port);
  expect([answer.status, answer.header('x-lunaroute-error')]).toEqual([502, 'dns']);
  expect(answer.body.toString()).toContain('no-such-host.invalid');
});

test('a TLS endpoint behind http:// and a plain one behind https:// are told', async () => {
  const plain = await startUpstream((_req, res) => res.end());
  const { port } = await startProxy(1, {
    provider: { baseUrl: `https://127.0.0.1:${plain.port}` },
  });
  expect((await post(port)).header('x-lunaroute-error')).toBe('tls');
  const secure = createTlsServer().listen(0, '127.0.0.1');
  onTestFinished(() => void secure.close());
  await new Promise((resolve) => secure.once('listening', resolve));
  const address = secure.address();
  const securePort = typeof address === 'object' ? address?.port : 0;
  const other = await startProxy(1, { provider: { baseUrl: `http://127.0.0.1:${securePort}` } });
  expect((await post(other.port)).status).toBe(502);
});

test.each<[string, string]>([
  ['SSH-2.0-OpenSSH\r\n', 'bad-response'],
  ['', 'closed'],
])('a provider that answers %j is a 502, and the POST arrived once', async (bytes, code) => {
  const upstream = await startRawUpstream((socket, received) => {
    if (hasWholeHead(received)) socket.end(bytes);
  });
  const { port, recorder } = await startProxy(upstream.port, { provider: { maxRetries: 3 } });
  const answer = await post(port);
  expect([answer.status, answer.header('x-lunaroute-error')]).toEqual([502, code]);
  expect(upstream.hits()).toBe(1);
  expect((await recorder.ended()).end).toMatchObject({ kind: 'no-answer', code });
});

test('a reset after the POST arrived is a 502, and it is not sent again', async () => {
  const upstream = await startRawUpstream((socket, received) => {
    if (hasWholeHead(received)) socket.resetAndDestroy();
  });
  const { port } = await startProxy(upstream.port, { provider: { maxRetries: 3 } });
  const answer = await post(port);
  expect([answer.status, answer.header('x-lunaroute-error')]).toEqual([502, 'reset']);
  expect(answer.body.toString()).toContain('may have been carried out');
  expect(upstream.hits()).toBe(1);
});

test('no head within the limit is a 504', async () => {
  const upstream = await startUpstream(() => undefined);
  const { port, recorder } = await startProxy(upstream.port, { provider: { timeoutMs: 50 } });
  const answer = await post(port);
  expect([answer.status, answer.header('x-lunaroute-error')]).toEqual([504, 'headers-timeout']);
  expect(upstream.hits()).toBe(1);
  expect((await recorder.ended()).end).toMatchObject({ code: 'headers-timeout' });
});

test('a connection that the provider closed while idle costs nothing, a POST included', async () => {
  const upstream = await startRawUpstream((socket, received) => {
    if (hasWholeHead(received)) socket.end(OK);
  });
  const { port } = await startProxy(upstream.port);
  for (let i = 0; i < 5; i += 1) expect((await post(port)).body.toString()).toBe('ok');
});

test('on a kept connection that dies unanswered a POST is sent once, a GET once more', async () => {
  const requests: string[] = [];
  const upstream = await startRawUpstream((socket, received, connection) => {
    const count = received.toString('latin1').split('HTTP/1.1\r\n').length - 1;
    requests.push(`${connection}.${count}`);
    if (count === 1) socket.write(OK);
    else socket.resetAndDestroy();
  });
  const { port, recorder } = await startProxy(upstream.port);
  await call(port);
  expect((await call(port)).body.toString()).toBe('ok');
  expect(requests).toEqual(['1.1', '1.2', '2.1']);
  expect((await recorder.ended(1)).kinds.filter((kind) => kind === 'sent')).toHaveLength(1);
  const answer = await call(port, {
    method: 'POST',
    path: '/v1/responses',
    headers: ['Content-Length', '0'],
  });
  expect(answer.status).toBe(502);
  expect(requests).toEqual(['1.1', '1.2', '2.1', '2.2']);
});

test('a request that never left is tried again until the provider is there', async () => {
  const port = await closedPort();
  const { port: proxyPort, recorder } = await startProxy(port, { provider: { maxRetries: 50 } });
  const answer = post(proxyPort, '{"n":1}');
  const bodies: string[] = [];
  const server = createServer((req, res) => {
    req.on('data', (chunk) => bodies.push(String(chunk))).on('end', () => res.end('late'));
  });
  onTestFinished(() => void server.close().closeAllConnections());
  await waitFor(() => recorder.exchanges().length === 1, 'the exchange');
  server.listen(port, '127.0.0.1');
  expect((await answer).body.toString()).toBe('late');
  expect(bodies).toEqual(['{"n":1}']);
});

test('a streamed body survives attempts that never left', async () => {
  const port = await closedPort();
  const { port: proxyPort, recorder } = await startProxy(port, {
    provider: { maxRetries: 50 },
    proxy: { maxBufferedBody: 10 },
  });
  const body = Buffer.alloc(500_000, 'b');
  const answer = post(proxyPort, body);
  await waitFor(() => recorder.exchanges().length === 1, 'the exchange');
  let size = 0;
  const server = createServer((req, res) => {
    req
      .on('data', (chunk: Buffer) => {
        size += chunk.length;
      })
      .on('end', () => res.end('late'));
  }).listen(port, '127.0.0.1');
  onTestFinished(() => void server.close().closeAllConnections());
  expect((await answer).body.toString()).toBe('late');
  expect(size).toBe(body.length);
});

test('an answer whose head exceeds 64 kB is a 502', async () => {
  const upstream = await startUpstream((_req, res) => {
    res.writeHead(200, { 'x-long': 'x'.repeat(70_000) }).end();
  });
  const { port } = await startProxy(upstream.port);
  const answer = await call(port);
  expect([answer.status, answer.header('x-lunaroute-error')]).toEqual([502, 'bad-response']);
});
