import { createServer } from 'node:https';
import { expect, onTestFinished, test } from 'vitest';
import { makeTrustStore, UpstreamPool } from '../../src/proxy/upstream-pool.ts';
import { call } from '../helpers/proxy-client.ts';
import { provider, startProxy } from '../helpers/proxy-harness.ts';
import { makeCounters } from '../helpers/proxy-tap.ts';
import { testCertificate, trustTestCertificate } from '../helpers/proxy-tls.ts';

async function startTlsProxy(): Promise<number> {
  const server = createServer(testCertificate(), (_req, res) => res.end('over TLS'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return (await startProxy(1, { provider: { baseUrl: `https://127.0.0.1:${port}` } })).port;
}

test('an untrusted certificate is refused, with the way out; a trusted one serves', async () => {
  const refused = await call(await startTlsProxy());
  expect([refused.status, refused.header('x-lunaroute-error')]).toEqual([502, 'tls']);
  expect(refused.body.toString()).toContain('NODE_EXTRA_CA_CERTS');
  trustTestCertificate();
  expect((await call(await startTlsProxy())).body.toString()).toBe('over TLS');
});

test('the trust store is read once', () => {
  const trust = makeTrustStore();
  expect(trust()).toBe(trust());
});

test.each([
  ['https://api.openai.com/v1', 'openai', '/v1/models', 'api.openai.com:443'],
  ['https://api.openai.com/', 'openai', '/v1/models', 'api.openai.com:443'],
  ['https://openrouter.ai/api/v1/', 'openai', '/api/v1/models', 'openrouter.ai:443'],
  ['http://user:pw@127.0.0.1:9/lab', 'openai', '/lab/v1/models', '127.0.0.1:9'],
  ['https://chatgpt.com/backend-api/codex', 'chatgpt', '/v1/models', 'chatgpt.com:443'],
  ['http://[::1]:9/v1', 'anthropic', '/v1/models', '[::1]:9'],
] as const)('%s: the path and the address', (baseUrl, type, path, address) => {
  const pool = new UpstreamPool(provider({ baseUrl, type }), makeTrustStore(), makeCounters());
  expect([pool.path('/v1/models'), pool.address]).toEqual([path, address]);
});
