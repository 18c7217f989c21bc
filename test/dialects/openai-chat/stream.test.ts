import { expect, test } from 'vitest';
import { parseResponse } from '../../../src/dialects/openai-chat/response.ts';
import { assembleText, sse } from '../assemble.ts';

const DIALECT = 'openai-chat';

function view(...chunks: readonly unknown[]) {
  return assembleText(DIALECT, sse(chunks.map((chunk) => ['', chunk]))).view;
}

function delta(inner: unknown, rest: object = {}) {
  return { choices: [{ index: 0, delta: inner, ...rest }] };
}

function piece(call: unknown) {
  return delta({ tool_calls: [call] });
}

test('a stream without include_usage has no usage, not zero', () => {
  expect(view(delta({ content: 'hi' }, { finish_reason: 'stop' }), '[DONE]')).toMatchObject({
    usage: null,
    providerUsage: null,
    stopReason: 'stop',
    isComplete: true,
  });
});

test('several choices: choice 0 first, whatever arrives first', () => {
  const answer = view(
    { choices: [{ index: 1, delta: { content: 'B' }, finish_reason: 'length' }] },
    { choices: [{ index: 0, delta: { content: 'A' }, finish_reason: 'stop' }] },
    '[DONE]',
  );
  const json = parseResponse({
    choices: [
      { index: 1, finish_reason: 'length', message: { content: 'B' } },
      { index: 0, finish_reason: 'stop', message: { content: 'A' } },
    ],
  });
  expect(answer.parts).toEqual([
    { type: 'text', text: 'A' },
    { type: 'text', text: 'B' },
  ]);
  expect(answer.stopReason).toBe('stop');
  expect(json).toEqual(answer);
});

test('an error inside the stream keeps what was said', () => {
  const answer = view(delta({ content: 'par' }), {
    error: { message: 'gone', type: 'server_error', code: null },
  });
  expect(answer.parts).toEqual([{ type: 'text', text: 'par' }]);
  expect(answer.error).toEqual({ type: 'server_error', message: 'gone' });
  expect(answer.isComplete).toBe(false);
});

test('parallel calls that all claim index 0 stay apart by their ids', () => {
  const answer = view(
    piece({ index: 0, id: 'a', function: { name: 'f', arguments: '{"x":' } }),
    piece({ index: 0, id: 'a', function: { name: 'f', arguments: '1}' } }),
    piece({ index: 0, id: 'b', function: { name: 'g', arguments: '{}' } }),
  );
  expect(answer.parts).toEqual([
    { type: 'tool-call', id: 'a', name: 'f', arguments: '{"x":1}' },
    { type: 'tool-call', id: 'b', name: 'g', arguments: '{}' },
  ]);
});

test('legacy calls, custom calls, refusals and thinking of compatible servers', () => {
  const answer = view(
    delta({ reasoning: 'Hm ' }),
    delta({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'so' }] }] }),
    delta({ content: [{ type: 'text', text: 'ok' }] }),
    delta({ refusal: 'no' }),
    piece({ index: 0, id: 'c', custom: { name: 'patch', input: '***' } }),
    piece({ index: 0, custom: { input: ' End' } }),
    delta({ function_call: { name: 'f', arguments: '{' } }),
    delta({ function_call: { arguments: '}' } }),
  );
  expect(answer.parts).toEqual([
    { type: 'thinking', text: 'Hm so' },
    { type: 'text', text: 'ok' },
    { type: 'text', text: 'no' },
    { type: 'tool-call', id: 'c', name: 'patch', arguments: '*** End' },
    { type: 'tool-call', id: 'function:f', name: 'f', arguments: '{}' },
  ]);
});

test('a server that ends without [DONE] after its finish reason has answered whole', () => {
  expect(view(delta({ content: 'hi' }))).toMatchObject({ isComplete: false });
  expect(view(delta({ content: 'hi' }, { finish_reason: 'stop' }))).toMatchObject({
    isComplete: true,
  });
});

test('usage that contradicts itself: priced input parts stand, reasoning gives way to the output', () => {
  const usage = {
    prompt_tokens: 10,
    completion_tokens: 5,
    prompt_tokens_details: { cached_tokens: 8, cache_write_tokens: 4 },
    completion_tokens_details: { reasoning_tokens: 9 },
  };
  const answer = view({ choices: [], usage }, '[DONE]');
  expect(answer.usage).toEqual({
    input: 12,
    cacheRead: 8,
    cacheWrite5m: 4,
    cacheWrite1h: 0,
    output: 5,
    reasoning: 5,
  });
  expect(answer.providerUsage).toEqual(usage);
});

test.each([
  [
    { error: { message: 'bad key', type: 'invalid_request_error', code: 'invalid_api_key' } },
    'invalid_request_error',
    'bad key',
  ],
  [
    { error: { message: 'slow down', type: null, code: 'rate_limit_exceeded' } },
    'rate_limit_exceeded',
    'slow down',
  ],
  [{ error: 'model not found' }, 'error', 'model not found'],
  [{ detail: 'Unauthorized' }, 'error', 'Unauthorized'],
])('an error body %j', (body, type, message) => {
  expect(parseResponse(body).error).toEqual({ type, message });
});
