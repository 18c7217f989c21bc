import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { call } from '../../helpers/proxy-client.ts';
import { startProxy } from '../../helpers/proxy-harness.ts';
import { waitFor } from '../../helpers/proxy-wait.ts';

test('open connections to the provider are counted up and down', async () => {
  const upstream = createServer((_req, res) => res.end('{}'));
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => void upstream.close());
  const address = upstream.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const proxy = await startProxy(port);
  await call(proxy.port);
  await call(proxy.port);
  expect(proxy.recorder.counter('upstreamConnections')).toBe(1);
  upstream.closeAllConnections();
  await waitFor(() => proxy.recorder.counter('upstreamConnections') === 0, 'the sockets to close');
});

test('attempts that are made again are counted', async () => {
  const proxy = await startProxy(1, { provider: { maxRetries: 2 } });
  expect((await call(proxy.port)).status).toBe(502);
  expect(proxy.recorder.counter('upstreamRetries')).toBe(2);
  expect(proxy.recorder.counter('upstreamConnections')).toBe(0);
});
