import { expect, test } from 'vitest';
import { parseResponse } from '../../../src/dialects/anthropic-messages/response.ts';

test('tools that the provider ran stand with their results in the answer', () => {
  const content = [
    { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: { query: 'node 24' } },
    {
      type: 'web_search_tool_result',
      tool_use_id: 'srv_1',
      content: [
        { type: 'web_search_result', title: 'Node', url: 'https://n', encrypted_content: 'zzz' },
      ],
    },
    { type: 'server_tool_use', id: 'srv_2', name: 'bash_code_execution', input: { command: 'x' } },
    {
      type: 'bash_code_execution_tool_result',
      tool_use_id: 'srv_2',
      content: { type: 'bash_code_execution_result', return_code: 1, stdout: '', stderr: 'no x' },
    },
    {
      type: 'web_fetch_tool_result',
      tool_use_id: 'srv_3',
      content: { type: 'web_fetch_tool_result_error', error_code: 'url_not_accessible' },
    },
    { type: 'mcp_tool_use', id: 'mcp_1', server_name: 'jira', name: 'find', input: {} },
    { type: 'mcp_tool_result', tool_use_id: 'mcp_1', is_error: false, content: 'ABC-1' },
  ];
  const { parts } = parseResponse({ content });
  expect(parts).toMatchObject([
    { type: 'tool-call', id: 'srv_1', name: 'web_search', arguments: '{"query":"node 24"}' },
    { type: 'tool-result', id: 'srv_1', text: 'Node\nhttps://n', isError: null },
    { type: 'tool-call', id: 'srv_2', name: 'bash_code_execution' },
    { type: 'tool-result', id: 'srv_2', isError: true },
    { type: 'tool-result', id: 'srv_3', isError: true },
    { type: 'tool-call', id: 'mcp_1', name: 'mcp__jira__find', arguments: '{}' },
    { type: 'tool-result', id: 'mcp_1', text: 'ABC-1', isError: false },
  ]);
});

test('an error body', () => {
  const body = {
    type: 'error',
    error: { type: 'rate_limit_error', message: 'slow down' },
    request_id: 'req_1',
  };
  expect(parseResponse(body)).toMatchObject({
    id: null,
    model: null,
    parts: [],
    stopReason: null,
    usage: null,
    providerUsage: null,
    error: { type: 'rate_limit_error', message: 'slow down' },
    isComplete: true,
  });
});

test('the answer of count_tokens is no usage', () => {
  expect(parseResponse({ input_tokens: 4711 })).toMatchObject({
    usage: null,
    parts: [],
    error: null,
  });
});

test('after a server-side fallback the model is the one that answered', () => {
  const content = [
    { type: 'text', text: 'I ' },
    { type: 'fallback', from: { model: 'claude-opus-5-5' }, to: { model: 'claude-sonnet-5' } },
    { type: 'text', text: 'can.' },
  ];
  const view = parseResponse({ model: 'claude-opus-5-5', content });
  expect(view.model).toBe('claude-sonnet-5');
  expect(view.parts[1]).toEqual({ type: 'media', label: 'fallback to claude-sonnet-5' });
});
