import { describe, expect, test } from 'vitest';
import type { ProviderOptions } from '../../src/core/options.ts';
import { headerMap } from '../../src/proxy/headers.ts';
import { makeRouter, type RoutingOptions } from '../../src/proxy/route.ts';
import { provider } from '../helpers/proxy-harness.ts';

const OPENAI = provider({ name: 'openai', type: 'openai' });
const ANTHROPIC = provider({ name: 'anthropic', type: 'anthropic' });
const CHATGPT = provider({ name: 'chatgpt', type: 'chatgpt' });
const GROQ = provider({ name: 'groq', type: 'openai' });
const ALL = [GROQ, OPENAI, ANTHROPIC, CHATGPT];

const VERSION = ['anthropic-version', '2023-06-01'];
const ANT_KEY = ['x-api-key', 'sk-ant-api03-x'];
const ANT_BEARER = ['Authorization', 'Bearer sk-ant-oat01-x'];
const OPENAI_KEY = ['Authorization', 'Bearer sk-proj-x'];
const PLAIN_KEY = ['Authorization', 'Bearer sk-lab-dummy'];
const LOGIN = ['Authorization', 'Bearer eyJ.x.y', 'chatgpt-account-id', 'acc-1'];

interface Given extends Partial<RoutingOptions> {
  readonly headers?: readonly string[];
  readonly model?: string | null;
}

/** `provider dialect target`, or the refusal's code. */
function route(target: string, given: Given = {}): string {
  const { headers = [], model, ...options } = given;
  const router = makeRouter({
    providers: ALL,
    routes: [],
    dialects: 'both',
    bypass: true,
    ...options,
  });
  const decision = router({ target, headers: headerMap(headers), model, isUpgrade: false });
  if (decision.kind === 'needs-model') return 'needs-model';
  if (decision.kind === 'refuse') return decision.code;
  return `${decision.provider.name} ${decision.dialect} ${decision.target}`;
}

function refusal(target: string, given: Given): string {
  const { headers = [], model, ...options } = given;
  const router = makeRouter({
    providers: ALL,
    routes: [],
    dialects: 'both',
    bypass: true,
    ...options,
  });
  const decision = router({ target, headers: headerMap(headers), model, isUpgrade: false });
  return decision.kind === 'refuse' ? decision.message : '';
}

describe('the path decides', () => {
  test.each([
    ['/v1/messages', 'anthropic anthropic-messages /v1/messages'],
    ['/v1/messages?beta=true', 'anthropic anthropic-messages /v1/messages?beta=true'],
    [
      '/v1/messages/count_tokens?beta=true',
      'anthropic anthropic-messages /v1/messages/count_tokens?beta=true',
    ],
    ['/v1/messages/batches', 'anthropic null /v1/messages/batches'],
    ['/v1/complete', 'anthropic null /v1/complete'],
    ['/api/event_logging/batch', 'anthropic null /api/event_logging/batch'],
    ['/v1/chat/completions', 'openai openai-chat /v1/chat/completions'],
    ['/v1/responses', 'openai openai-responses /v1/responses'],
    ['/v1/responses/compact', 'openai openai-responses /v1/responses/compact'],
    ['/v1/responses/resp_1', 'openai null /v1/responses/resp_1'],
    ['/v1/embeddings', 'openai null /v1/embeddings'],
    ['/v1/audio/speech', 'openai null /v1/audio/speech'],
    ['/backend-api/codex/responses', 'chatgpt openai-responses /backend-api/codex/responses'],
    ['/backend-api/wham/accounts/check', 'chatgpt null /backend-api/wham/accounts/check'],
  ])('%s', (target, expected) => {
    expect(route(target)).toBe(expected);
  });
});

describe('/v1 is mended', () => {
  test.each([
    ['/v1/v1/messages?beta=true', 'anthropic anthropic-messages /v1/messages?beta=true'],
    ['/messages', 'anthropic anthropic-messages /v1/messages'],
    ['/messages/count_tokens', 'anthropic anthropic-messages /v1/messages/count_tokens'],
    ['/v1/v1/responses', 'openai openai-responses /v1/responses'],
    ['/responses?x=/v1/', 'openai openai-responses /v1/responses?x=/v1/'],
    ['/chat/completions', 'openai openai-chat /v1/chat/completions'],
    ['/v1/v1/chat/completions', 'openai openai-chat /v1/chat/completions'],
    ['/models?client_version=1', 'openai null /v1/models?client_version=1'],
    ['/embeddings', 'openai null /v1/embeddings'],
  ])('%s', (target, expected) => {
    expect(route(target)).toBe(expected);
  });
});

describe('endpoints of both vendors go by the marks', () => {
  test.each<[string, readonly string[], string]>([
    ['/v1/models', VERSION, 'anthropic'],
    ['/v1/models', ['anthropic-beta', 'x'], 'anthropic'],
    ['/v1/models', ['x-api-key', 'some-key'], 'anthropic'],
    ['/v1/models', ANT_BEARER, 'anthropic'],
    ['/v1/models', PLAIN_KEY, 'openai'],
    ['/v1/models', [], 'openai'],
    ['/v1/models', ['openai-organization', 'o'], 'openai'],
    ['/v1/files/file_1', [...VERSION, ...ANT_KEY], 'anthropic'],
    ['/v1/files', OPENAI_KEY, 'openai'],
    ['/something', VERSION, 'anthropic'],
    ['/something', ['openai-beta', 'x'], 'openai'],
    ['/something', OPENAI_KEY, 'openai'],
  ])('%s with %j', (target, headers, expected) => {
    expect(route(target, { headers })).toBe(`${expected} null ${target}`);
  });
});

describe('ChatGPT logins go to the ChatGPT backend', () => {
  test.each([
    ['/v1/responses', 'chatgpt openai-responses /backend-api/codex/responses'],
    ['/responses', 'chatgpt openai-responses /backend-api/codex/responses'],
    ['/v1/responses/compact', 'chatgpt openai-responses /backend-api/codex/responses/compact'],
    [
      '/v1/models?client_version=0.169.0',
      'chatgpt null /backend-api/codex/models?client_version=0.169.0',
    ],
    ['/backend-api/codex/responses', 'chatgpt openai-responses /backend-api/codex/responses'],
  ])('%s', (target, expected) => {
    expect(route(target, { headers: LOGIN })).toBe(expected);
  });

  test('and to no one else when that is not configured', () => {
    expect(route('/v1/responses', { headers: LOGIN, providers: [OPENAI] })).toBe('unknown-path');
  });
});

describe('nothing decides', () => {
  test('the body is asked, then its model', () => {
    expect(route('/x')).toBe('needs-model');
    expect(route('/x', { model: 'claude-sonnet-5' })).toBe('anthropic null /x');
    for (const model of ['gpt-5.5', 'o3-mini', 'codex-mini', 'chatgpt-4o-latest']) {
      expect(route('/x', { model })).toBe('openai null /x');
    }
  });

  test.each([null, 'llama-4', 'opus', 'xclaude-1'])('and model %s is ambiguous', (model) => {
    expect(route('/x', { model })).toBe('ambiguous-provider');
  });

  test('marks of both vendors are ambiguous', () => {
    expect(route('/x', { headers: [...VERSION, 'openai-beta', 'y'] })).toBe('ambiguous-provider');
  });

  test('a single provider is no guess; the ChatGPT backend beside it takes only logins', () => {
    for (const target of ['/x', '/', '//evil.example/x']) {
      expect(route(target, { providers: [ANTHROPIC, CHATGPT] })).toBe(`anthropic null ${target}`);
    }
    expect(route('/v1/models', { providers: [ANTHROPIC] })).toBe('anthropic null /v1/models');
  });

  test('the refusal says what would decide', () => {
    expect(refusal('/x', { model: null })).toMatch(/anthropic-version.*routes/);
  });
});

describe('a key never goes to another vendor', () => {
  test.each<[string, readonly string[]]>([
    ['/v1/chat/completions', ANT_KEY],
    ['/v1/responses', ANT_BEARER],
    ['/v1/messages', OPENAI_KEY],
    ['/v1/messages', ['Authorization', 'bearer sess-abc']],
    ['/v1/messages', ['x-api-key', 'sk-proj-1']],
    ['/backend-api/codex/responses', ANT_BEARER],
  ])('%s with %j', (target, headers) => {
    expect(route(target, { headers })).toBe('ambiguous-provider');
    expect(refusal(target, { headers })).not.toMatch(/sk-|sess-/);
  });

  test('not by a rule either, nor to a single provider', () => {
    const routes = [{ model: '*', provider: 'groq' }];
    expect(route('/v1/messages', { headers: ANT_KEY, routes, model: 'claude-x' })).toBe(
      'ambiguous-provider',
    );
    expect(route('/x', { headers: ANT_KEY, providers: [OPENAI] })).toBe('unknown-path');
  });

  test('but a configured key that always replaces it may', () => {
    const always: ProviderOptions = { ...OPENAI, apiKey: 'k', auth: 'always' };
    const decision = route('/v1/chat/completions', {
      headers: ANT_KEY,
      providers: [always, ANTHROPIC],
    });
    expect(decision).toBe('openai openai-chat /v1/chat/completions');
  });
});

describe('rules of the configuration come first', () => {
  const routes = [
    { model: 'llama-*', provider: 'groq' },
    { model: 'gpt-5.5', provider: 'anthropic' },
    { model: '*-mini', provider: 'groq' },
  ];

  test.each([
    ['/v1/chat/completions', 'llama-4-70b', 'groq openai-chat'],
    ['/v1/chat/completions', 'my-llama-4', 'openai openai-chat'],
    ['/v1/chat/completions', 'gpt-5.5', 'anthropic openai-chat'],
    ['/v1/chat/completions', 'gpt-5x5', 'openai openai-chat'],
    ['/v1/responses', 'o9-mini', 'groq openai-responses'],
    ['/v1/messages', 'claude-x', 'anthropic anthropic-messages'],
    ['/v1/messages', null, 'anthropic anthropic-messages'],
  ])('%s with model %s', (target, model, expected) => {
    expect(route(target, { routes, model })).toBe(`${expected} ${target}`);
  });

  test('so that the body is read for them', () => {
    expect(route('/v1/messages', { routes })).toBe('needs-model');
  });
});

describe('what is not served', () => {
  test('a dialect that is switched off is refused by name', () => {
    expect(route('/v1/messages', { dialects: 'openai' })).toBe('unknown-path');
    expect(refusal('/v1/messages', { dialects: 'openai' })).toContain(
      'api_dialect is set to openai',
    );
    expect(route('/v1/chat/completions', { dialects: 'anthropic' })).toBe('unknown-path');
    expect(route('/v1/chat/completions', { dialects: 'openai' })).toContain('openai openai-chat');
  });

  test('an unknown path with bypass off', () => {
    expect(route('/x', { bypass: false, headers: VERSION })).toBe('unknown-path');
    expect(route('/v1/embeddings', { bypass: false })).toBe('openai null /v1/embeddings');
    expect(route('/v1/models', { bypass: false })).toBe('openai null /v1/models');
  });

  test.each(['http://evil.example/v1/messages', '*', '', 'evil.example:443'])(
    'target %j',
    (target) => {
      expect(route(target)).toBe('bad-request');
    },
  );

  test('a vendor without a provider', () => {
    expect(route('/v1/messages', { providers: [OPENAI, GROQ] })).toBe('unknown-path');
  });

  test('of several providers of a type the one of that name serves, else the first', () => {
    expect(route('/v1/embeddings', { providers: [GROQ, OPENAI] })).toContain('openai ');
    expect(route('/v1/embeddings', { providers: [GROQ, ANTHROPIC] })).toContain('groq ');
  });
});
