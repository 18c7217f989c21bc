import { expect, it } from 'vitest';
import { makePrinter } from '../../../src/cli/print.ts';
import {
  exposureBanner,
  exposureWarning,
  startSummary,
} from '../../../src/cli/server/start-summary.ts';
import { requireConfig } from '../../../src/config/load.ts';
import { proxyOptions, recorderOptions } from '../../../src/config/options.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { configInput } from '../../helpers/config-input.ts';

const stream = { write: () => true, on: () => undefined };
const { style } = makePrinter({
  stdout: stream,
  stderr: stream,
  env: {},
  noColor: true,
  onClosedPipe: () => undefined,
});

function summary(yaml: string, host = '127.0.0.1'): string {
  const loaded = requireConfig(configInput({ yaml }));
  const proxy = proxyOptions(loaded.config, { version: '1.0.0', instanceId: 'i' }, {});
  const recorder = recorderOptions(loaded.config, '/d', 'key');
  const start = { loaded, proxy, recorder, address: { host, port: 8081 } };
  return startSummary(start, 'http://127.0.0.1:8082', style).join('\n');
}

it('says how to sign in where that is asked for', () => {
  expect(summary('')).not.toContain('sign in');
  const text = summary('ui: {host: 0.0.0.0, auth_token: 0123456789abcdef}');
  expect(text).toMatch(
    /Web page .*\n +sign in there with any name, and ui\.auth_token as the password/,
  );
  expect(text).not.toContain('0123456789abcdef');
});

it('says where it listens, sends and records, and how to use it', () => {
  const text = summary('');
  expect(text).toContain('LunaRoute 1.0.0');
  expect(text).toContain('http://127.0.0.1:8081  (OpenAI and Anthropic API)');
  expect(text).toMatch(/anthropic → https:\/\/api\.anthropic\.com/);
  expect(text).toMatch(/openai {4}→ https:\/\/api\.openai\.com/);
  expect(text).toMatch(/Web page +http:\/\/127\.0\.0\.1:8082/);
  expect(text).toMatch(/SQLite .*sessions\.db/);
  expect(text).toContain('ANTHROPIC_BASE_URL=http://127.0.0.1:8081 claude');
});

it('keeps a password in a base URL to itself, and says when nothing is recorded', () => {
  const text = summary(
    'session_recording: {enabled: false}\napi_dialect: openai\nproviders: {openai: {base_url: "https://u:canary@h/x"}}',
    '::',
  );
  expect(text).not.toContain('canary');
  expect(text).toMatch(/Recording +off/);
  expect(text).toContain('http://[::1]:8081');
  expect(text).not.toContain('ANTHROPIC_BASE_URL');
});

it('warns of an address that others can reach', () => {
  const open = (host: string, over: object = {}) => {
    const config = configSchema('/data').parse({ host, server: over });
    return { warning: () => exposureWarning(config), banner: exposureBanner(config) };
  };
  const token = { auth_token: 'a-token-of-this-test' };
  for (const host of ['127.0.0.1', 'localhost', '::1']) {
    expect([open(host).warning(), open(host).banner]).toEqual([null, null]);
  }
  expect(open('0.0.0.0', { insecure: true }).warning()).toMatch(/^INSECURE: .*everyone/);
  expect(open('0.0.0.0', { insecure: true }).banner).toMatch(/^INSECURE/);
  expect(open('::', token).warning()).toContain('knows server.auth_token');
  expect(open('::', token).banner).toBe('open to :: with a token');
  expect(open('192.0.2.7').warning).toThrow('without a token');
});
