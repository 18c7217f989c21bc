import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import type { ProxyOptions } from '../../src/core/options.ts';
import type { TapBatch } from '../../src/core/tap.ts';
import type { MainToProxy, ProxyToMain } from '../../src/proxy/messages.ts';
import { call, rawClient } from '../helpers/proxy-client.ts';
import { provider, proxyOptions } from '../helpers/proxy-harness.ts';
import { makeCounters } from '../helpers/proxy-tap.ts';
import { startUpstream } from '../helpers/proxy-upstream.ts';
import { waitFor } from '../helpers/proxy-wait.ts';

function startWorker(options: ProxyOptions) {
  const { port1, port2 } = new MessageChannel();
  const batches: TapBatch[] = [];
  const said: ProxyToMain[] = [];
  port1.on('message', (batch: TapBatch) => batches.push(batch));
  const worker = new Worker(new URL('../../src/proxy/worker.ts', import.meta.url), {
    workerData: { options, counters: makeCounters().buffer, tapPort: port2 },
    transferList: [port2],
  });
  worker.on('message', (message: ProxyToMain) => said.push(message));
  onTestFinished(async () => {
    port1.close();
    await worker.terminate();
  });
  const heard = <T extends ProxyToMain['type']>(type: T) =>
    waitFor(() => said.find((m): m is Extract<ProxyToMain, { type: T }> => m.type === type), type);
  const tell = (message: MainToProxy, transfer: MessagePort[] = []) =>
    worker.postMessage(message, transfer);
  return { batches, heard, tell };
}

test('the worker listens, forwards, records, changes recorders, drains', async () => {
  const upstream = await startUpstream((_req, res) => {
    if (_req.url === '/v1/files') res.write('begun');
    else res.end('answer');
  });
  const baseUrl = `http://127.0.0.1:${upstream.port}`;
  const { batches, heard, tell } = startWorker(
    proxyOptions({ providers: [provider({ baseUrl })] }),
  );
  const { port } = await heard('listening');
  expect((await call(port)).body.toString()).toBe('answer');
  await waitFor(() => batches.flatMap((b) => b.records).some((r) => r.kind === 'end'), 'the end');

  tell({ type: 'health', degraded: ['disk full'] });
  const ready = await call(port, { path: '/readyz' });
  expect(JSON.parse(ready.body.toString()).reasons).toEqual(['disk full']);

  const { port1, port2 } = new MessageChannel();
  const later: TapBatch[] = [];
  port1.on('message', (batch: TapBatch) => later.push(batch));
  onTestFinished(() => port1.close());
  tell({ type: 'tap', port: port2 }, [port2]);
  const client = rawClient(port, 'GET /v1/files HTTP/1.1\r\nHost: {host}\r\n\r\n');
  await client.until('begun');
  tell({ type: 'drain', deadlineMs: 1 });
  expect(await heard('drained')).toEqual({ type: 'drained', remaining: 1 });
  await waitFor(
    () =>
      later.flatMap((b) => b.records).some((r) => r.kind === 'end' && r.cause.kind === 'shutdown'),
    'the cut exchange’s end',
  );
});

test('a port in use is told', async () => {
  const upstream = await startUpstream((_req, res) => res.end());
  const { heard } = startWorker(proxyOptions({ port: upstream.port }));
  expect(await heard('listen-failed')).toMatchObject({ code: 'EADDRINUSE' });
});
