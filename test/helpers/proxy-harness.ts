import { onTestFinished } from 'vitest';
import type { ProviderOptions, ProxyOptions } from '../../src/core/options.ts';
import { ProxyServer } from '../../src/proxy/server.ts';
import { FakeRecorder } from './proxy-tap.ts';

export interface RunningProxy {
  readonly port: number;
  readonly server: ProxyServer;
  readonly recorder: FakeRecorder;
}

export function provider(overrides: Partial<ProviderOptions> = {}): ProviderOptions {
  return {
    name: 'openai',
    type: 'openai',
    baseUrl: 'http://127.0.0.1:1',
    apiKey: null,
    auth: 'fallback',
    codexAuth: null,
    timeoutMs: 600_000,
    connectTimeoutMs: 10_000,
    poolMaxIdle: 8,
    poolIdleTimeoutMs: 90_000,
    tcpKeepAliveMs: 60_000,
    maxRetries: 0,
    proxyUrl: null,
    ...overrides,
  };
}

export function proxyOptions(overrides: Partial<ProxyOptions> = {}): ProxyOptions {
  return {
    host: '127.0.0.1',
    port: 0,
    version: '0.0.0-test',
    instanceId: 'test-instance',
    dialects: 'both',
    providers: [provider()],
    routes: [],
    bypass: true,
    allowedHosts: [],
    authToken: null,
    maxBufferedBody: 32 * 1024 * 1024,
    maxQueuedBytes: 256 * 1024 * 1024,
    ...overrides,
  };
}

/** A proxy before one OpenAI provider on `upstreamPort`, stopped when the test ends. */
export async function startProxy(
  upstreamPort: number,
  overrides: { provider?: Partial<ProviderOptions>; proxy?: Partial<ProxyOptions> } = {},
): Promise<RunningProxy> {
  const baseUrl = `http://127.0.0.1:${upstreamPort}`;
  const providers = [provider({ baseUrl, ...overrides.provider })];
  const recorder = new FakeRecorder();
  const server = new ProxyServer({
    options: proxyOptions({ providers, ...overrides.proxy }),
    counters: recorder.counters,
    tapPort: recorder,
  });
  const { port } = await server.listen();
  onTestFinished(() => server.destroy());
  return { port, server, recorder };
}
