// A credential never reaches a provider of another vendor: every combination of path, header,
// credential, configured keys and served dialects is sent to a real proxy before real listening
// providers, and each provider looks through all that it gets for secrets that are not its own.
import { afterAll, describe, expect, it } from 'vitest';
import type { ProviderOptions, ProxyOptions } from '../../src/core/options.ts';
import { report } from '../helpers/hard.ts';
import { call } from '../helpers/proxy-client.ts';
import { provider, startProxy } from '../helpers/proxy-harness.ts';
import { startUpstream } from '../helpers/proxy-upstream.ts';

type Vendor = 'anthropic' | 'openai';

/** Client's and configured secrets, by whom they may be seen. */
const SECRETS: Record<Vendor, readonly string[]> = {
  anthropic: ['sk-ant-api03-CANARYclient', 'sk-ant-oat01-CANARYlogin', 'sk-ant-api03-CANARYown'],
  openai: ['sk-proj-CANARYclient', 'sk-svcacct-CANARYservice', 'sk-proj-CANARYown', 'eyJCANARY'],
};
const PATHS = [
  '/v1/messages',
  '/v1/messages/count_tokens?beta=true',
  '/v1/chat/completions',
  '/v1/responses',
  '/v1/models',
  '/v1/embeddings',
  '/backend-api/codex/responses',
  '/api/oauth/profile',
  '/v1/unknown',
  '/elsewhere',
];
const bearer = (key: string): string[] => ['Authorization', `Bearer ${key}`];
const HEADERS: Record<string, readonly string[]> = {
  none: [],
  'placeholder bearer': bearer('lunaroute'),
  'placeholder x-api-key': ['x-api-key', 'dummy'],
  'Anthropic key': ['x-api-key', 'sk-ant-api03-CANARYclient'],
  'Anthropic key as bearer': bearer('sk-ant-api03-CANARYclient'),
  'Anthropic login': bearer('sk-ant-oat01-CANARYlogin'),
  'OpenAI key': bearer('sk-proj-CANARYclient'),
  'OpenAI key as x-api-key': ['x-api-key', 'sk-proj-CANARYclient'],
  'OpenAI service key as api-key': ['api-key', 'sk-svcacct-CANARYservice'],
  'ChatGPT login': [...bearer('eyJCANARY'), 'chatgpt-account-id', 'account'],
  'keys of both': ['x-api-key', 'sk-ant-api03-CANARYclient', ...bearer('sk-proj-CANARYclient')],
  'Anthropic key and ChatGPT login': [
    'x-api-key',
    'sk-ant-api03-CANARYclient',
    ...bearer('eyJCANARY'),
    'chatgpt-account-id',
    'account',
  ],
};
const CONFIGURED: Record<string, Partial<Record<Vendor, Partial<ProviderOptions>>>> = {
  'no key': {},
  "Anthropic's key": { anthropic: { apiKey: 'sk-ant-api03-CANARYown' } },
  "OpenAI's key": { openai: { apiKey: 'sk-proj-CANARYown' } },
  'both keys': {
    anthropic: { apiKey: 'sk-ant-api03-CANARYown' },
    openai: { apiKey: 'sk-proj-CANARYown' },
  },
  'both keys, always': {
    anthropic: { apiKey: 'sk-ant-api03-CANARYown', auth: 'always' },
    openai: { apiKey: 'sk-proj-CANARYown', auth: 'always' },
  },
};
const DIALECTS: readonly ProxyOptions['dialects'][] = ['both', 'anthropic', 'openai'];

const counts = { cases: 0, answered: 0, refused: 0, leaks: 0 };
afterAll(() =>
  report('credentials', {
    'cases run': counts.cases,
    'answered by a provider': counts.answered,
    refused: counts.refused,
    'foreign secrets seen': counts.leaks,
  }),
);

/** A provider that keeps everything it gets in which another vendor's secret stands. */
async function listening(vendor: Vendor, leaks: string[]) {
  const foreign = SECRETS[vendor === 'anthropic' ? 'openai' : 'anthropic'];
  const upstream = await startUpstream((req, res) => {
    const seen = `${req.url} ${req.rawHeaders.join(' ')}`;
    for (const secret of foreign) {
      if (seen.includes(secret)) leaks.push(`${vendor} saw ${secret} on ${req.url}`);
    }
    req.resume();
    res.end(vendor);
  });
  return `http://127.0.0.1:${upstream.port}`;
}

describe.each(Object.keys(CONFIGURED))('configured: %s', (configured) => {
  it.each(DIALECTS)('serving %s', async (dialects) => {
    const leaks: string[] = [];
    const keys = CONFIGURED[configured] ?? {};
    const openaiUrl = await listening('openai', leaks);
    const providers = [
      provider({
        name: 'anthropic',
        type: 'anthropic',
        baseUrl: await listening('anthropic', leaks),
        ...keys.anthropic,
      }),
      provider({ name: 'openai', baseUrl: openaiUrl, ...keys.openai }),
      provider({ name: 'chatgpt', type: 'chatgpt', baseUrl: await listening('openai', leaks) }),
    ];
    const { port } = await startProxy(1, { proxy: { providers, dialects } });
    let ran = 0;
    for (const path of PATHS) {
      for (const headers of Object.values(HEADERS)) {
        const answer = await call(port, { method: 'POST', path, headers, body: '{}' });
        ran += 1;
        if (answer.status === 200) counts.answered += 1;
        else counts.refused += 1;
        expect(answer.body.toString()).not.toContain('CANARY');
      }
    }
    counts.cases += ran;
    counts.leaks += leaks.length;
    expect([leaks, ran]).toEqual([[], PATHS.length * Object.keys(HEADERS).length]);
  });
});

it.each([
  ['keys of both vendors in one request go to neither', 'keys of both'],
  ["a ChatGPT login is not sent to Anthropic's paths", 'ChatGPT login'],
])('%s', async (_name, credentials) => {
  const leaks: string[] = [];
  const baseUrl = await listening('anthropic', leaks);
  const providers = [provider({ name: 'anthropic', type: 'anthropic', baseUrl })];
  const { port } = await startProxy(1, { proxy: { providers } });
  const headers = HEADERS[credentials];
  if (headers === undefined) throw new Error(`there are no headers called ${credentials}`);
  const answer = await call(port, { method: 'POST', path: '/v1/messages', headers, body: '{}' });
  expect([answer.status, leaks]).toEqual([400, []]);
});
