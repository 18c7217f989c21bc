import { expect, test } from 'vitest';
import { parseRequest } from '../../../src/dialects/openai-chat/request.ts';

test('a conversation with tools, images and a developer message', () => {
  const view = parseRequest({
    model: 'gpt-5',
    stream: true,
    messages: [
      { role: 'developer', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'BBBB' } },
        ],
      },
      {
        role: 'assistant',
        content: null,
        reasoning_content: 'Hm.',
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"at":1}' } },
          { id: 'call_2', type: 'custom', custom: { name: 'patch', input: '*** Begin' } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'a cat' },
      { role: 'tool', tool_call_id: 'call_2', content: [{ type: 'text', text: 'done' }] },
      { role: 'assistant', content: null, refusal: 'I will not.' },
    ],
    tools: [
      { type: 'function', function: { name: 'look' } },
      { type: 'custom', custom: { name: 'patch' } },
    ],
  });
  expect(view).toMatchObject({ model: 'gpt-5', stream: true, isWarmUp: false });
  expect(view.toolNames).toEqual(['look', 'patch']);
  expect(view.messages).toEqual([
    { role: 'developer', parts: [{ type: 'text', text: 'Be brief.' }] },
    {
      role: 'user',
      parts: [
        { type: 'text', text: 'What is this?' },
        { type: 'media', label: 'image_url' },
        { type: 'media', label: 'file a.pdf' },
      ],
    },
    {
      role: 'assistant',
      parts: [
        { type: 'thinking', text: 'Hm.' },
        { type: 'tool-call', id: 'call_1', name: 'look', arguments: '{"at":1}' },
        { type: 'tool-call', id: 'call_2', name: 'patch', arguments: '*** Begin' },
      ],
    },
    { role: 'tool', parts: [{ type: 'tool-result', id: 'call_1', text: 'a cat', isError: null }] },
    { role: 'tool', parts: [{ type: 'tool-result', id: 'call_2', text: 'done', isError: null }] },
    { role: 'assistant', parts: [{ type: 'text', text: 'I will not.' }] },
  ]);
});

test('a legacy function call and its result are joined by the name', () => {
  const { messages, toolNames } = parseRequest({
    messages: [
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
      { role: 'function', name: 'f', content: 'r' },
    ],
    functions: [{ name: 'f' }],
  });
  expect(toolNames).toEqual(['f']);
  expect(messages.flatMap(({ parts }) => parts)).toEqual([
    { type: 'tool-call', id: 'function:f', name: 'f', arguments: '{}' },
    { type: 'tool-result', id: 'function:f', text: 'r', isError: null },
  ]);
});
