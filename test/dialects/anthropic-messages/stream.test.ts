import { expect, test } from 'vitest';
import { assembleText, sse } from '../assemble.ts';
import { named, WIRE_ANSWERS } from '../wire.ts';

const DIALECT = 'anthropic-messages';
const events = WIRE_ANSWERS.find(({ dialect }) => dialect === DIALECT)?.events ?? [];

test('an aborted stream has the input usage and the output counted so far', () => {
  const { view } = assembleText(DIALECT, sse(events.slice(0, 6)));
  expect(view.usage).toEqual({
    input: 9312,
    cacheRead: 9000,
    cacheWrite5m: 100,
    cacheWrite1h: 200,
    output: 1,
    reasoning: 0,
  });
  expect(view).toMatchObject({ id: 'msg_1', stopReason: null, isComplete: false });
});

test('usage is cumulative: the last value of each field wins, a null replaces nothing', () => {
  const delta = (usage: unknown) => named('message_delta', { delta: {}, usage });
  const body = sse([
    ...events.slice(0, 1),
    delta({ output_tokens: 10 }),
    delta({ output_tokens: 25, cache_read_input_tokens: 9500 }),
    delta({
      output_tokens: 40,
      cache_read_input_tokens: null,
      server_tool_use: { web_fetches: 2 },
    }),
  ]);
  const { view } = assembleText(DIALECT, body);
  expect(view.usage).toMatchObject({ output: 40, cacheRead: 9500, input: 12 + 9500 + 300 });
  expect(view.providerUsage).toMatchObject({
    output_tokens: 40,
    service_tier: 'standard',
    server_tool_use: { web_fetches: 2 },
  });
});

test('an error inside a 200 stream keeps what was said before it', () => {
  const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
  const { view } = assembleText(DIALECT, sse([...events.slice(0, 9), ['error', error]]));
  expect(view.error).toEqual({ type: 'overloaded_error', message: 'Overloaded' });
  expect(view.isComplete).toBe(false);
  expect(view.parts[0]).toMatchObject({ type: 'thinking' });
});

test('a tool call cut in its arguments keeps the beginning', () => {
  const start = { type: 'tool_use', id: 't', name: 'Write', input: {} };
  const body = sse([
    named('content_block_start', { index: 0, content_block: start }),
    named('content_block_delta', {
      index: 0,
      delta: { type: 'input_json_delta', partial_json: '{"path": "/a' },
    }),
  ]);
  expect(assembleText(DIALECT, body).view.parts).toEqual([
    { type: 'tool-call', id: 't', name: 'Write', arguments: '{"path": "/a' },
  ]);
});

test('a tool call cut before its arguments does not claim to have none', () => {
  const start = { type: 'tool_use', id: 't', name: 'Write', input: {} };
  const opened = named('content_block_start', { index: 0, content_block: start });
  const closed = named('content_block_stop', { index: 0 });
  const argumentsOf = (...sent: (readonly [string, unknown])[]) =>
    assembleText(DIALECT, sse(sent)).view.parts.map(
      (part) => 'arguments' in part && part.arguments,
    );
  expect(argumentsOf(opened)).toEqual(['']);
  expect(argumentsOf(opened, closed)).toEqual(['{}']);
});

test('numbers in arguments keep their digits', () => {
  const start = { type: 'tool_use', id: 't', name: 'Pay', input: {} };
  const partial_json = '{"amount": 12345678901234567890.10, "note": "a  b"}';
  const body = sse([
    named('content_block_start', { index: 0, content_block: start }),
    named('content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json } }),
  ]);
  expect(assembleText(DIALECT, body).view.parts[0]).toMatchObject({
    arguments: '{"amount":12345678901234567890.10,"note":"a  b"}',
  });
});

test('deltas whose block start was missed are kept', () => {
  const delta = { type: 'text_delta', text: 'late' };
  const body = sse([named('content_block_delta', { index: 3, delta })]);
  expect(assembleText(DIALECT, body).view.parts).toEqual([{ type: 'text', text: 'late' }]);
});

test('a block announced twice keeps what it already has', () => {
  const start = { type: 'text', text: '' };
  const body = sse([
    named('content_block_start', { index: 0, content_block: start }),
    named('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'kept' } }),
    named('content_block_start', { index: 0, content_block: start }),
  ]);
  expect(assembleText(DIALECT, body).view.parts).toEqual([{ type: 'text', text: 'kept' }]);
});
