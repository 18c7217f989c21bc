import { expect, test } from 'vitest';
import { codecFor } from '../../../src/dialects/registry.ts';
import { assembleText, sse } from '../assemble.ts';
import { named, WIRE_ANSWERS } from '../wire.ts';

const DIALECT = 'openai-responses';
const answer = WIRE_ANSWERS.find(({ dialect }) => dialect === DIALECT);
const events = answer?.events ?? [];

function view(...sent: readonly (readonly [string, unknown])[]) {
  return assembleText(DIALECT, sse(sent)).view;
}

test('the same events as WebSocket messages give the same view', () => {
  const assembler = codecFor(DIALECT).makeAssembler();
  for (const [, data] of events) assembler.push('', JSON.stringify(data));
  expect(assembler.view()).toEqual(view(...events));
});

test('an empty output in the terminal event does not erase what was streamed', () => {
  const usage = { input_tokens: 5, output_tokens: 2 };
  const lite = named('response.completed', { response: { id: 'resp_1', output: [], usage } });
  expect(view(...events.slice(0, -1), lite)).toMatchObject({
    parts: answer?.parts,
    model: 'gpt-6.1-sol',
    stopReason: 'completed',
    isComplete: true,
    usage: { input: 5, output: 2 },
  });
});

test('incomplete and failed answers', () => {
  const response = { id: 'r', output: [], incomplete_details: { reason: 'max_output_tokens' } };
  expect(view(named('response.incomplete', { response }))).toMatchObject({
    stopReason: 'max_output_tokens',
    isComplete: true,
    error: null,
  });
  const error = { code: 'server_error', message: 'boom' };
  expect(view(named('response.failed', { response: { status: 'failed', error } }))).toMatchObject({
    stopReason: 'failed',
    isComplete: true,
    error: { type: 'server_error', message: 'boom' },
  });
});

test.each([
  { type: 'error', code: 'rate_limit_exceeded', message: 'slow down', param: null },
  { type: 'error', status: 429, error: { code: 'rate_limit_exceeded', message: 'slow down' } },
])('an error event %j', (event) => {
  const cut = view(...events.slice(0, 5), ['error', event]);
  expect(cut.error).toEqual({ type: 'rate_limit_exceeded', message: 'slow down' });
  expect(cut.isComplete).toBe(false);
});

test('a custom tool call, cut in its input, keeps the beginning', () => {
  const item = {
    type: 'custom_tool_call',
    id: 'ctc_1',
    call_id: 'call_1',
    name: 'exec',
    input: '',
  };
  const cut = view(
    named('response.output_item.added', { output_index: 0, item }),
    named('response.custom_tool_call_input.delta', { output_index: 0, delta: 'const r = ' }),
    named('response.custom_tool_call_input.delta', { output_index: 0, delta: 'await' }),
  );
  expect(cut.parts).toEqual([
    { type: 'tool-call', id: 'call_1', name: 'exec', arguments: 'const r = await' },
  ]);
  expect(cut).toMatchObject({ usage: null, stopReason: null });
});

test('a message of text and refusal, cut, keeps both in order', () => {
  const place = (content_index: number) => ({ output_index: 0, content_index });
  const cut = view(
    named('response.output_text.delta', { ...place(0), delta: 'Well' }),
    named('response.refusal.delta', { ...place(1), delta: 'no' }),
    named('response.output_text.delta', { ...place(0), delta: ', ' }),
  );
  expect(cut.parts).toEqual([
    { type: 'text', text: 'Well, ' },
    { type: 'text', text: 'no' },
  ]);
});

test('cache writes: the long retention apart from the short one', () => {
  const usage = {
    input_tokens: 1000,
    input_tokens_details: {
      cached_tokens: 100,
      cache_write_tokens: 500,
      cache_write_tokens_details: { ttl_12h_tokens: 200, ttl_30m_tokens: 300 },
    },
    output_tokens: 1,
  };
  expect(codecFor(DIALECT).parseResponse({ usage }).usage).toEqual({
    input: 1000,
    cacheRead: 100,
    cacheWrite5m: 300,
    cacheWrite1h: 200,
    output: 1,
    reasoning: 0,
  });
});

test('a background answer in progress is not complete', () => {
  expect(codecFor(DIALECT).parseResponse({ id: 'r', status: 'queued', output: [] })).toMatchObject({
    isComplete: false,
    stopReason: null,
  });
});

test('a piece that arrives after its item was settled is not said twice', () => {
  const item = {
    type: 'message',
    role: 'assistant',
    content: [{ type: 'output_text', text: 'A' }],
  };
  const answered = view(
    named('response.output_item.done', { output_index: 0, item }),
    named('response.output_text.delta', { output_index: 0, content_index: 0, delta: 'late' }),
  );
  expect(answered.parts).toEqual([{ type: 'text', text: 'A' }]);
});
