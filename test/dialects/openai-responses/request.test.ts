import { expect, test } from 'vitest';
import { parseMessage } from '../../../src/dialects/openai-responses/items.ts';
import { parseRequest } from '../../../src/dialects/openai-responses/request.ts';

test('instructions and a string as input', () => {
  expect(parseRequest({ model: 'gpt-5', instructions: 'Be brief.', input: 'hi' })).toEqual({
    model: 'gpt-5',
    stream: false,
    messages: [
      { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
      { role: 'user', parts: [{ type: 'text', text: 'hi' }] },
    ],
    toolNames: [],
    previousResponseId: null,
    isWarmUp: false,
  });
});

/** The second message of Codex 0.169 over its WebSocket, shortened. */
const CODEX_TURN = {
  type: 'response.create',
  model: 'gpt-6.1-sol',
  stream: true,
  previous_response_id: 'resp_1',
  input: [
    {
      type: 'additional_tools',
      role: 'developer',
      tools: [
        {
          type: 'namespace',
          name: 'functions',
          tools: [
            { type: 'custom', name: 'exec' },
            { type: 'function', name: 'wait' },
          ],
        },
        { type: 'namespace', name: 'clock', tools: [{ type: 'function', name: 'sleep' }] },
      ],
    },
    {
      type: 'message',
      role: 'developer',
      content: [{ type: 'input_text', text: 'You are Codex' }],
    },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Run it.' }] },
    {
      type: 'custom_tool_call_output',
      call_id: 'call_1',
      output: [
        { type: 'input_text', text: 'Script completed\nWall time 0.0 seconds\nOutput:\n' },
        { type: 'input_text', text: 'lab-tool-42\n' },
      ],
    },
  ],
};

test('a WebSocket turn of Codex, inline and wrapped', () => {
  const view = parseRequest(CODEX_TURN);
  expect(view).toMatchObject({
    model: 'gpt-6.1-sol',
    stream: true,
    previousResponseId: 'resp_1',
    isWarmUp: false,
    toolNames: ['exec', 'wait', 'clock.sleep'],
  });
  expect(view.messages).toEqual([
    { role: 'developer', parts: [{ type: 'text', text: 'You are Codex' }] },
    { role: 'user', parts: [{ type: 'text', text: 'Run it.' }] },
    {
      role: 'tool',
      parts: [
        {
          type: 'tool-result',
          id: 'call_1',
          text: 'Script completed\nWall time 0.0 seconds\nOutput:\nlab-tool-42\n',
          isError: null,
        },
      ],
    },
  ]);
  const { type, ...response } = CODEX_TURN;
  expect(parseRequest({ type, response })).toEqual(view);
});

test('`generate: false` is a warm-up', () => {
  expect(parseRequest({ type: 'response.create', input: [], generate: false }).isWarmUp).toBe(true);
});

test.each([
  [
    {
      type: 'function_call',
      call_id: 'c',
      id: 'fc',
      namespace: 'clock',
      name: 'sleep',
      arguments: '{}',
    },
    'assistant',
    [{ type: 'tool-call', id: 'c', name: 'clock.sleep', arguments: '{}' }],
  ],
  [
    { type: 'custom_tool_call', call_id: 'c', name: 'exec', input: 'text(1)' },
    'assistant',
    [{ type: 'tool-call', id: 'c', name: 'exec', arguments: 'text(1)' }],
  ],
  [
    { type: 'local_shell_call', call_id: 'c', action: { type: 'exec', command: ['ls'] } },
    'assistant',
    [
      {
        type: 'tool-call',
        id: 'c',
        name: 'local_shell',
        arguments: '{"type":"exec","command":["ls"]}',
      },
    ],
  ],
  [
    {
      type: 'local_shell_call_output',
      id: 'c',
      output: '{"output":"x","metadata":{"exit_code":2}}',
    },
    'tool',
    [
      {
        type: 'tool-result',
        id: 'c',
        text: '{"output":"x","metadata":{"exit_code":2}}',
        isError: true,
      },
    ],
  ],
  [
    { type: 'apply_patch_call_output', call_id: 'c', status: 'failed', output: 'no such file' },
    'tool',
    [{ type: 'tool-result', id: 'c', text: 'no such file', isError: true }],
  ],
  [
    {
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: 'Short.' }],
      content: [{ type: 'reasoning_text', text: 'Long.' }],
      encrypted_content: 'zzz',
    },
    'assistant',
    [
      { type: 'thinking', text: 'Short.' },
      { type: 'thinking', text: 'Long.' },
    ],
  ],
  [
    {
      role: 'user',
      content: [
        { type: 'input_image', image_url: 'data:…' },
        { type: 'input_file', filename: 'a.pdf' },
      ],
    },
    'user',
    [
      { type: 'media', label: 'image' },
      { type: 'media', label: 'file a.pdf' },
    ],
  ],
  [
    {
      type: 'computer_call_output',
      call_id: 'c',
      output: { type: 'computer_screenshot', image_url: 'data:AAAA' },
    },
    'tool',
    [{ type: 'tool-result', id: 'c', text: '[computer_screenshot]', isError: null }],
  ],
  [
    { type: 'item_reference', id: 'msg_9' },
    'assistant',
    [{ type: 'media', label: 'reference to msg_9' }],
  ],
  [
    {
      type: 'mcp_call',
      id: 'm',
      server_label: 'jira',
      name: 'find',
      arguments: '{}',
      output: 'ABC-1',
    },
    'assistant',
    [
      { type: 'tool-call', id: 'm', name: 'jira.find', arguments: '{}' },
      { type: 'tool-result', id: 'm', text: 'ABC-1', isError: false },
    ],
  ],
  [
    {
      type: 'web_search_call',
      id: 'w',
      action: { type: 'search', query: 'x' },
      status: 'completed',
    },
    'assistant',
    [
      {
        type: 'tool-call',
        id: 'w',
        name: 'web_search',
        arguments: '{"type":"search","query":"x"}',
      },
    ],
  ],
  [
    { type: 'code_interpreter_call', id: 'k', code: '1+1', outputs: [{ type: 'logs', logs: '2' }] },
    'assistant',
    [
      { type: 'tool-call', id: 'k', name: 'code_interpreter', arguments: '1+1' },
      { type: 'tool-result', id: 'k', text: '2', isError: null },
    ],
  ],
])('item %j', (item, role, parts) => {
  expect(parseMessage(item)).toEqual([{ role, parts }]);
});

test('encrypted reasoning alone says nothing', () => {
  expect(parseMessage({ type: 'reasoning', summary: [], encrypted_content: 'zzz' })).toEqual([]);
});
