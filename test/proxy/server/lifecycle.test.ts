import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { ProxyServer } from '../../../src/proxy/server.ts';
import { call, post, rawClient } from '../../helpers/proxy-client.ts';
import { proxyOptions, startProxy } from '../../helpers/proxy-harness.ts';
import { FakeRecorder } from '../../helpers/proxy-tap.ts';
import { startUpstream } from '../../helpers/proxy-upstream.ts';
import { waitFor } from '../../helpers/proxy-wait.ts';

test('health answers come from here, are not recorded, and name this instance', async () => {
  const upstream = await startUpstream((_req, res) => res.end());
  const { port, server, recorder } = await startProxy(upstream.port);
  const health = await call(port, { path: '/healthz' });
  expect(JSON.parse(health.body.toString())).toMatchObject({
    name: 'lunaroute',
    instance: 'test-instance',
  });
  server.setDegraded(['disk full']);
  const ready = await call(port, { path: '/readyz' });
  expect([ready.status, JSON.parse(ready.body.toString())]).toEqual([
    200,
    expect.objectContaining({ status: 'degraded', reasons: ['disk full'] }),
  ]);
  expect((await call(port, { path: '/healthz', headers: ['Host', 'x'] })).status).not.toBe(200);
  expect([upstream.hits(), recorder.exchanges()]).toEqual([0, []]);
});

test('a port in use is told by its code', async () => {
  const { port } = await startProxy(1);
  const recorder = new FakeRecorder();
  const second = new ProxyServer({
    options: proxyOptions({ port }),
    counters: recorder.counters,
    tapPort: recorder,
  });
  await expect(second.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('draining lets running exchanges end and accepts no more', async () => {
  let finish: () => void = () => undefined;
  const upstream = await startUpstream((_req, res) => {
    res.write('begun ');
    finish = () => res.end('whole');
  });
  const { port, server, recorder } = await startProxy(upstream.port);
  const client = rawClient(port, 'GET /v1/models HTTP/1.1\r\nHost: {host}\r\n\r\n');
  await client.until('begun');
  const drained = server.drain(10_000);
  await expect(call(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  finish();
  expect(await drained).toBe(0);
  await client.until('whole');
  expect(await client.untilEnded()).toBe('fin');
  expect(recorder.exchanges()[0]?.end).toEqual({ kind: 'done' });
});

test('what outlives the deadline is cut, on both sides, and recorded as such', async () => {
  const upstream = await startUpstream((_req, res) => {
    res.write('begun ');
  });
  const { port, server, recorder } = await startProxy(upstream.port);
  const client = rawClient(port, 'GET /v1/models HTTP/1.1\r\nHost: {host}\r\n\r\n');
  await client.until('begun');
  expect(await server.drain(1)).toBe(1);
  expect(recorder.exchanges()[0]?.end).toEqual({ kind: 'shutdown' });
  await client.untilEnded();
  await waitFor(() => upstream.sockets.size === 0, 'the provider’s connection to close');
});

/** Answers the first three requests together, so that they need a connection each. */
function threeAtOnce(onRequest: (req: IncomingMessage) => void) {
  const waiting: ServerResponse[] = [];
  let hits = 0;
  return (req: IncomingMessage, res: ServerResponse): void => {
    hits += 1;
    onRequest(req);
    waiting.push(res);
    if (hits >= 3) for (const each of waiting.splice(0)) each.end();
  };
}

test('connections are kept and one of them serves what follows', async () => {
  const used: number[] = [];
  const upstream = await startUpstream(
    threeAtOnce((req) => {
      used.push(req.socket.remotePort ?? 0);
    }),
  );
  const { port } = await startProxy(upstream.port);
  await Promise.all([post(port), post(port), post(port)]);
  expect(new Set(used).size).toBe(3);
  for (let i = 0; i < 4; i += 1) await post(port);
  expect(new Set(used.slice(3)).size).toBe(1);
  expect(upstream.sockets.size).toBe(3);
});

test('no more connections are kept than configured', async () => {
  const upstream = await startUpstream(threeAtOnce(() => undefined));
  const { port } = await startProxy(upstream.port, { provider: { poolMaxIdle: 1 } });
  const answers = await Promise.all([post(port), post(port), post(port)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  await waitFor(() => upstream.sockets.size === 1, 'the others to close');
});

test('a kept connection is closed when it has idled long enough', async () => {
  const upstream = await startUpstream((_req, res) => res.end());
  const { port } = await startProxy(upstream.port, { provider: { poolIdleTimeoutMs: 30 } });
  await post(port);
  await waitFor(() => upstream.sockets.size === 0, 'the idle connection to close');
  expect((await post(port)).status).toBe(200);
});

test('other upgrades are ignored, as HTTP allows', async () => {
  const upstream = await startUpstream((req, res) => res.end(String(req.headers.upgrade)));
  const { port } = await startProxy(upstream.port);
  const client = rawClient(
    port,
    'GET /v1/models HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n',
  );
  await client.until('undefined');
});

test('a recorder that is stuck costs records, never bytes', async () => {
  const body = Buffer.alloc(3_000_000, 'z');
  const upstream = await startUpstream((req, res) => {
    req.resume().on('end', () => res.end(body));
  });
  const { port, recorder } = await startProxy(upstream.port, {
    proxy: { maxQueuedBytes: 1_000_000 },
  });
  recorder.isStalled = true;
  for (let i = 0; i < 3; i += 1) expect((await post(port)).body.equals(body)).toBe(true);
  const first = await recorder.ended();
  expect(first.dropped + first.response.length).toBe(body.length);
  expect(recorder.counter('queuedBytes')).toBeLessThanOrEqual(1_000_000);
  expect(recorder.counter('droppedBytes')).toBeGreaterThan(2_000_000);
});

test('a tap port that throws costs nothing but records', async () => {
  const upstream = await startUpstream((_req, res) => res.end('fine'));
  const { port, server } = await startProxy(upstream.port);
  server.setTapPort({
    postMessage: () => {
      throw new Error('closed');
    },
  });
  for (let i = 0; i < 3; i += 1) expect((await post(port)).body.toString()).toBe('fine');
});
