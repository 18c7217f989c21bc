import { describe, expect, it } from 'vitest';
import { requireConfig } from '../../src/config/load.ts';
import { proxyOptions, recorderOptions, retentionOptions } from '../../src/config/options.ts';
import { upstreamProxy } from '../../src/config/upstream-proxy.ts';
import { configInput } from '../helpers/config-input.ts';

const IDENTITY = { version: '1.2.3', instanceId: 'i' };

describe('proxyOptions and recorderOptions', () => {
  it('cut the configuration into slices in milliseconds and bytes', () => {
    const { config } = requireConfig(
      configInput({
        yaml: 'max_buffered_body_mb: 2\nbypass: {enabled: false}\nproviders:\n  openai: {enabled: false}\n  lab: {type: openai, base_url: "http://h:1/x", http_client: {timeout_secs: 5}}\n',
      }),
    );
    const options = proxyOptions(config, IDENTITY, {});
    expect(options).toMatchObject({
      maxBufferedBody: 2 * 1024 * 1024,
      bypass: false,
      instanceId: 'i',
    });
    expect(options.providers.map(({ name }) => name)).toEqual(['anthropic', 'chatgpt', 'lab']);
    expect(options.providers.at(-1)).toMatchObject({
      baseUrl: 'http://h:1/x',
      timeoutMs: 5000,
      connectTimeoutMs: 10_000,
      apiKey: null,
      proxyUrl: null,
    });
    // They go to worker threads: only plain data may be in them.
    expect(structuredClone(options)).toEqual(options);
  });

  it('switches either recording off, or both', () => {
    const paths = (yaml: string) => {
      const { config } = requireConfig(configInput({ yaml }));
      const options = recorderOptions(config, '/d', 'key');
      return [options.sqlitePath !== null, options.jsonlDirectory !== null];
    };
    expect(paths('')).toEqual([true, true]);
    expect(paths('session_recording: {sqlite: {enabled: false}}')).toEqual([false, true]);
    expect(paths('session_recording: {jsonl: {enabled: false}}')).toEqual([true, false]);
    expect(paths('session_recording: {enabled: false}')).toEqual([false, false]);
  });
});

describe('retention', () => {
  it('days and megabytes of each store; null where there is no limit', () => {
    const yaml =
      'session_recording: {sqlite: {retention: {max_size_mb: 2}}, ' +
      'jsonl: {retention: {max_age_days: 3, compress_after_days: 0}}}';
    const retention = retentionOptions(requireConfig(configInput({ yaml })).config);
    expect(retention).toEqual({
      sqlite: { maxAgeMs: null, maxBytes: 2 * 1024 * 1024 },
      jsonl: { maxAgeMs: 3 * 86_400_000, maxBytes: null, compressAfterMs: 0 },
    });
  });
});

describe('upstreamProxy', () => {
  const https = { HTTPS_PROXY: 'http://p:3128' };

  it.each([
    ['https://api.openai.com', https, 'http://p:3128/'],
    ['http://api.openai.com', https, null],
    ['https://api.openai.com', { https_proxy: 'q:1', HTTPS_PROXY: 'http://p:3128' }, 'http://q:1/'],
    ['http://h', { http_proxy: 'http://u:s@p:3128' }, 'http://u:s@p:3128/'],
    ['https://api.openai.com', { ...https, NO_PROXY: 'openai.com' }, null],
    ['https://api.openai.com', { ...https, NO_PROXY: '.openai.com, x' }, null],
    ['https://notopenai.com', { ...https, NO_PROXY: 'openai.com' }, 'http://p:3128/'],
    ['https://a.b', { ...https, no_proxy: '*' }, null],
    ['https://a.b:8443', { ...https, NO_PROXY: 'a.b:443' }, 'http://p:3128/'],
    ['https://a.b', { ...https, NO_PROXY: 'a.b:443' }, null],
    ['https://[::1]:5', { ...https, NO_PROXY: '::1' }, null],
    ['https://a.b', { HTTPS_PROXY: '' }, null],
  ])('%s with %j → %s', (baseUrl, env, expected) => {
    expect(upstreamProxy(baseUrl, env)).toBe(expected);
  });

  it('names the variable that is no URL', () => {
    expect(() => upstreamProxy('https://a', { HTTPS_PROXY: 'socks5://x' })).toThrow(/HTTPS_PROXY/);
  });
});
