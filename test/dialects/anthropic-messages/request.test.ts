import { expect, test } from 'vitest';
import { parseMessage, parseRequest } from '../../../src/dialects/anthropic-messages/request.ts';

/** The second request of a one-tool loop of Claude Code 2.1.330, shortened. */
const CLAUDE_CODE = {
  model: 'claude-opus-5-5',
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: '<system-reminder>\nAttribution…\n</system-reminder>' },
        { type: 'text', text: 'Run the lab command.' },
      ],
    },
    { role: 'system', content: '# Environment', output_config: { effort: 'medium' } },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
        { type: 'redacted_thinking', data: 'xyz' },
        { type: 'text', text: 'Running a command.' },
        { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: 'ls' } },
      ],
    },
    {
      role: 'user',
      content: [
        { tool_use_id: 'toolu_1', type: 'tool_result', content: 'lab-tool-42', is_error: false },
      ],
    },
  ],
  system: [
    { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.330;' },
    { type: 'text', text: 'You are a Claude agent.', cache_control: { type: 'ephemeral' } },
  ],
  tools: [
    { name: 'Bash', input_schema: {} },
    { type: 'mcp_toolset', mcp_server_name: 'jira' },
  ],
  max_tokens: 128_000,
  stream: true,
};

test('a request of Claude Code', () => {
  expect(parseRequest(CLAUDE_CODE)).toEqual({
    model: 'claude-opus-5-5',
    stream: true,
    toolNames: ['Bash', 'jira'],
    previousResponseId: null,
    isWarmUp: false,
    messages: [
      {
        role: 'system',
        parts: [
          { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.330;' },
          { type: 'text', text: 'You are a Claude agent.' },
        ],
      },
      {
        role: 'user',
        parts: [
          { type: 'text', text: '<system-reminder>\nAttribution…\n</system-reminder>' },
          { type: 'text', text: 'Run the lab command.' },
        ],
      },
      { role: 'system', parts: [{ type: 'text', text: '# Environment' }] },
      {
        role: 'assistant',
        parts: [
          { type: 'thinking', text: 'Hm.' },
          { type: 'media', label: 'redacted thinking' },
          { type: 'text', text: 'Running a command.' },
          { type: 'tool-call', id: 'toolu_1', name: 'Bash', arguments: '{"command":"ls"}' },
        ],
      },
      {
        role: 'user',
        parts: [{ type: 'tool-result', id: 'toolu_1', text: 'lab-tool-42', isError: false }],
      },
    ],
  });
});

test('a stored element reads as it did inside its request', () => {
  const { messages } = parseRequest(CLAUDE_CODE);
  expect(CLAUDE_CODE.messages.flatMap(parseMessage)).toEqual(messages.slice(1));
  expect(CLAUDE_CODE.system.flatMap(parseMessage).flatMap(({ parts }) => parts)).toEqual(
    messages[0]?.parts,
  );
});

test('system as a string, content as a string, `max_tokens: 0` as a warm-up', () => {
  const view = parseRequest({
    max_tokens: 0,
    system: 'Be brief.',
    messages: [{ role: 'user', content: 'hi' }],
  });
  expect(view.isWarmUp).toBe(true);
  expect(view.stream).toBe(false);
  expect(view.messages).toEqual([
    { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
    { role: 'user', parts: [{ type: 'text', text: 'hi' }] },
  ]);
});

test.each([
  ['a string, failed', { content: 'boom', is_error: true }, 'boom', true],
  ['no flag: the wire does not say', { content: 'ok' }, 'ok', null],
  ['no content', {}, '', null],
  [
    'text, an image and a tool reference',
    {
      content: [
        { type: 'text', text: 'a' },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
        { type: 'tool_reference', tool_name: 'Grep' },
      ],
    },
    'a\n[image image/png]\nGrep',
    null,
  ],
])('a tool result: %s', (_, rest, text, isError) => {
  const block = { type: 'tool_result', tool_use_id: 'toolu_1', ...rest };
  expect(parseMessage({ role: 'user', content: [block] })).toEqual([
    { role: 'user', parts: [{ type: 'tool-result', id: 'toolu_1', text, isError }] },
  ]);
});

test('images and documents are labels, never their data', () => {
  const content = [
    { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: 'A'.repeat(9999) } },
    { type: 'document', title: 'spec.pdf', source: { type: 'base64', data: 'B' } },
    { type: 'container_upload', file_id: 'file_1' },
  ];
  expect(parseMessage({ role: 'user', content })[0]?.parts).toEqual([
    { type: 'media', label: 'image image/jpeg' },
    { type: 'media', label: 'document spec.pdf' },
    { type: 'media', label: 'container_upload' },
  ]);
});
