import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sessionHints } from '../../src/dialects/sessions.ts';

const CLAUDE_USER = JSON.stringify({ device_id: 'd', account_uuid: '', session_id: 's-json' });

function idOf(headers: readonly string[], body: unknown = null) {
  const { id, source } = sessionHints({ headers, body });
  return [id, source];
}

test('the order of DESIGN section 6', () => {
  const headers = [
    ['thread-id', 'h5'],
    ['X-Session-Id', 'h4'],
    ['session_id', 'h3'],
    ['Session-Id', 'h2'],
    ['X-Claude-Code-Session-Id', 'h1'],
  ];
  for (const [kept, expected] of [
    [5, 'h1'],
    [4, 'h2'],
    [3, 'h3'],
    [2, 'h4'],
    [1, 'h5'],
  ] as const) {
    expect(idOf(headers.slice(0, kept).flat())).toEqual([expected, 'header']);
  }
  const body = {
    metadata: { user_id: CLAUDE_USER },
    client_metadata: { session_id: 's-client' },
    prompt_cache_key: 's-cache',
  };
  expect(idOf(['thread-id', 'h5'], body)).toEqual(['h5', 'header']);
  expect(idOf([], body)).toEqual(['s-json', 'metadata']);
  expect(idOf([], { ...body, metadata: {} })).toEqual(['s-client', 'metadata']);
  expect(idOf([], { prompt_cache_key: 's-cache' })).toEqual(['s-cache', 'prompt-cache-key']);
  expect(idOf(['user-agent', 'curl/8'], { messages: [] })).toEqual([null, null]);
});

test.each([
  ['JSON text', CLAUDE_USER, 's-json'],
  ['an object', { session_id: 's-object' }, 's-object'],
  ['the legacy text', 'user_ab12_account_9f-1_session_6f1d-77', '6f1d-77'],
  ['a plain user id is no session', 'user-4711', null],
  ['JSON without a session', '{"device_id":"d"}', null],
  ['JSON of another kind', '[1]', null],
])('metadata.user_id: %s', (_, user_id, expected) => {
  expect(sessionHints({ headers: [], body: { metadata: { user_id } } }).id).toBe(expected);
});

test('inside a WebSocket message, inline and wrapped', () => {
  const fields = { client_metadata: { session_id: 's' }, previous_response_id: 'resp_1' };
  const expected = { id: 's', source: 'metadata', previousResponseId: 'resp_1' };
  for (const body of [
    { type: 'response.create', ...fields },
    { type: 'response.create', response: fields },
  ]) {
    expect(sessionHints({ headers: [], body })).toMatchObject(expected);
  }
});

test('a bad id costs only itself', () => {
  const bad = ['', '   ', 'a\u0000b', 'a\nb', 'a\u202eb', '\ud800', 'x'.repeat(256)];
  for (const id of bad) {
    expect(idOf(['session-id', id, 'thread-id', 'good'])).toEqual(['good', 'header']);
    expect(idOf(['session-id', id], { prompt_cache_key: 'k' })).toEqual(['k', 'prompt-cache-key']);
  }
  for (const id of ['../../x', 'CON', 'sitzung ä 日本', 'x'.repeat(255)]) {
    expect(idOf(['session-id', id])).toEqual([id, 'header']);
  }
});

test('subagents', () => {
  expect(
    sessionHints({
      headers: ['x-claude-code-session-id', 's', 'x-claude-code-agent-id', 'a1'],
      body: null,
    }),
  ).toMatchObject({ id: 's', agentId: 'a1', parentId: null });
  expect(
    sessionHints({
      headers: ['session-id', 's', 'thread-id', 't2', 'x-codex-parent-thread-id', 't1'],
      body: null,
    }),
  ).toMatchObject({ id: 's', agentId: 't2', parentId: 't1' });
  expect(
    sessionHints({ headers: ['session-id', 's', 'thread-id', 's'], body: null }),
  ).toMatchObject({ agentId: null, parentId: null });
  expect(
    sessionHints({
      headers: ['x-session-id', 'ses_2', 'x-parent-session-id', 'ses_1'],
      body: null,
    }),
  ).toMatchObject({ id: 'ses_2', agentId: null, parentId: 'ses_1' });
});

test('anything as a body is survived, and an id is always printable', () => {
  fc.assert(
    fc.property(fc.anything(), fc.array(fc.string()), (body, values) => {
      const headers = values.flatMap((value) => ['session-id', value]);
      const { id } = sessionHints({ headers, body });
      if (id !== null) expect(id).toMatch(/^\P{C}{1,255}$/u);
    }),
  );
});
