import { expect, test } from 'vitest';
import { rawClient } from '../../helpers/proxy-client.ts';
import { startProxy } from '../../helpers/proxy-harness.ts';
import { closedPort, startUpstream } from '../../helpers/proxy-upstream.ts';
import { waitFor } from '../../helpers/proxy-wait.ts';

const GET = 'GET /v1/models HTTP/1.1\r\nHost: {host}\r\n\r\n';
const upload = (length: number): string =>
  `POST /v1/responses HTTP/1.1\r\nHost: {host}\r\nContent-Length: ${length}\r\n\r\n`;

test('gone before the answer: the provider is cut off', async () => {
  const upstream = await startUpstream(() => undefined);
  const { port, recorder } = await startProxy(upstream.port);
  const client = rawClient(port, GET);
  await waitFor(() => upstream.hits() === 1, 'the request');
  client.socket.destroy();
  await waitFor(() => upstream.sockets.size === 0, 'the provider’s connection to close');
  const { end, kinds } = await recorder.ended();
  expect(end).toEqual({ kind: 'client-gone' });
  expect(kinds.at(-1)).toBe('end');
});

test('gone in mid-stream: the same, and what came is kept', async () => {
  const upstream = await startUpstream((_req, res) => {
    res.write('data: 1\n\n');
  });
  const { port, recorder } = await startProxy(upstream.port);
  const client = rawClient(port, GET);
  await client.until('data: 1');
  client.socket.resetAndDestroy();
  await waitFor(() => upstream.sockets.size === 0, 'the provider’s connection to close');
  const { end, response } = await recorder.ended();
  expect([end, response.toString()]).toEqual([{ kind: 'client-gone' }, 'data: 1\n\n']);
});

test('a client that closes its half has gone, as for nginx', async () => {
  const upstream = await startUpstream(() => undefined);
  const { port, recorder } = await startProxy(upstream.port);
  const client = rawClient(port, GET);
  await waitFor(() => upstream.hits() === 1, 'the request');
  client.socket.end();
  await waitFor(() => upstream.sockets.size === 0, 'the provider’s connection to close');
  expect((await recorder.ended()).end).toEqual({ kind: 'client-gone' });
});

test('gone while a buffered body arrives: the provider never hears of it', async () => {
  const upstream = await startUpstream(() => undefined);
  const { port, recorder } = await startProxy(upstream.port);
  const client = rawClient(port, `${upload(100)}half`);
  await waitFor(() => recorder.exchanges()[0]?.request.length === 4, 'the first half');
  client.socket.destroy();
  const { end, kinds } = await recorder.ended();
  expect(end).toEqual({ kind: 'client-gone' });
  expect(kinds).toEqual(['open', 'bytes', 'end']);
  expect(upstream.hits()).toBe(0);
});

test('gone while a body streams up: the provider is cut off', async () => {
  const upstream = await startUpstream((req) => {
    req.resume();
    req.on('error', () => undefined);
  });
  const { port, recorder } = await startProxy(upstream.port, { proxy: { maxBufferedBody: 10 } });
  const client = rawClient(port, `${upload(1000)}${'x'.repeat(500)}`);
  await waitFor(() => upstream.hits() === 1, 'the request');
  client.socket.destroy();
  await waitFor(() => upstream.sockets.size === 0, 'the provider’s connection to close');
  const { end, request } = await recorder.ended();
  expect([end, request.length]).toEqual([{ kind: 'client-gone' }, 500]);
});

test('gone between two attempts: the exchange ends', async () => {
  const { port, recorder } = await startProxy(await closedPort(), {
    provider: { maxRetries: 1000 },
  });
  const client = rawClient(port, GET);
  await waitFor(() => recorder.exchanges().length === 1, 'the exchange');
  client.socket.destroy();
  expect((await recorder.ended()).end).toEqual({ kind: 'client-gone' });
});

test('other exchanges on other connections go on', async () => {
  let finish: () => void = () => undefined;
  const upstream = await startUpstream((req, res) => {
    res.write('begun ');
    if (req.headers['x-keep'] !== undefined) finish = () => res.end('whole');
  });
  const { port } = await startProxy(upstream.port);
  const kept = rawClient(port, 'GET /v1/models HTTP/1.1\r\nHost: {host}\r\nX-Keep: 1\r\n\r\n');
  const leaving = rawClient(port, GET);
  await kept.until('begun');
  await leaving.until('begun');
  leaving.socket.destroy();
  await waitFor(() => upstream.sockets.size === 1, 'one connection to close');
  finish();
  await kept.until('whole');
});
