import { expect, test } from 'vitest';
import type { ClientName } from '../../src/core/exchange.ts';
import { parseRequest } from '../../src/dialects/anthropic-messages/request.ts';
import { auxiliaryOf } from '../../src/dialects/auxiliary.ts';
import { codecFor } from '../../src/dialects/registry.ts';

function ofAnthropic(body: unknown, client: ClientName = 'claude-code', target = '/v1/messages') {
  return auxiliaryOf({ target, client, body, view: parseRequest(body) });
}

const ASK = { role: 'user', content: 'Fix the login button' };

test('counting tokens, by its path', () => {
  const target = '/v1/messages/count_tokens?beta=true';
  expect(ofAnthropic({ messages: [ASK] }, 'other', target)).toBe('count-tokens');
  expect(
    auxiliaryOf({ target: '/v1/responses/input_tokens', client: 'other', body: null, view: null }),
  ).toBe('count-tokens');
});

test('a warm-up of Codex', () => {
  const body = { type: 'response.create', input: [], generate: false };
  const view = codecFor('openai-responses').parseRequest(body);
  expect(auxiliaryOf({ target: '/v1/responses', client: 'codex', body, view })).toBe('warm-up');
});

test("Claude Code's quota probe, and no one else's", () => {
  const body = { max_tokens: 1, messages: [{ role: 'user', content: 'quota' }] };
  expect(ofAnthropic(body)).toBe('probe');
  expect(ofAnthropic(body, 'anthropic-sdk')).toBeNull();
  expect(ofAnthropic({ ...body, max_tokens: 100 })).toBeNull();
  expect(ofAnthropic({ ...body, messages: [ASK] })).toBeNull();
});

test('title requests', () => {
  const system = [
    { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.197;' },
    { type: 'text', text: 'Generate a concise, sentence-case title (3-7 words) that…' },
  ];
  expect(ofAnthropic({ system, messages: [ASK] })).toBe('title');
  const format = { type: 'json_schema', schema: { properties: { title: {} } } };
  expect(ofAnthropic({ messages: [ASK], output_config: { format } })).toBe('title');
  const opencode = { system: 'You are a title generator. You output ONLY…', messages: [ASK] };
  expect(ofAnthropic(opencode, 'opencode')).toBe('title');
});

test('turns are never taken for titles', () => {
  const words = 'Generate a concise, sentence-case title for my blog post';
  const typed = { messages: [{ role: 'user', content: words }], tools: [{ name: 'Bash' }] };
  expect(ofAnthropic(typed)).toBeNull();
  expect(ofAnthropic({ system: 'You are a title generator', messages: [ASK] }, 'other')).toBeNull();
  expect(ofAnthropic({ messages: [ASK] })).toBeNull();
  const schema = { properties: { title: {}, body: {} } };
  const format = { type: 'json_schema', schema };
  expect(ofAnthropic({ messages: [ASK], output_config: { format } })).toBeNull();
  expect(
    auxiliaryOf({ target: '/v1/messages', client: 'claude-code', body: null, view: null }),
  ).toBeNull();
});
