import { describe, expect, test } from 'vitest';
import { makeRecorder, SSE_HEADERS } from '../../helpers/recorder-tap.ts';

const CODEX = ['User-Agent', 'codex_exec/0.169.0 (Debian)', 'originator', 'codex_exec'];

function reasons(events: readonly { type: string }[]): readonly string[] {
  const last = events.findLast((event) => event.type === 'recorder.status');
  return last !== undefined && 'status' in last
    ? (last.status as { degraded: string[] }).degraded
    : [];
}

describe('an empty capture', () => {
  test('a client that is there without model requests is told after a minute, and taken back', async () => {
    const { run, clock, events } = makeRecorder();
    const models = { headers: CODEX, method: 'GET', dialect: null };
    await run({ ...models, id: 'a', target: '/v1/models?client_version=1' });
    await run({ ...models, id: 'b', target: '/backend-api/wham/\u001b]0;x\u0007settings' });
    clock.advance(59_000);
    expect(reasons(events)).toEqual([]);
    clock.advance(1_000);
    expect(reasons(events)).toEqual([
      expect.stringMatching(
        /^codex is connected \(GET \/v1\/models, GET \/backend-api\/wham\/␛\]0;x␇settings\), .*setup codex/,
      ),
    ]);
    await run({
      id: 'c',
      headers: CODEX,
      target: '/v1/responses',
      dialect: 'openai-responses',
      request: { model: 'gpt-test', input: 'hello' },
      response: ['{"id":"resp_1","status":"completed","output":[]}'],
    });
    clock.advance(1_000);
    expect(reasons(events)).toEqual([]);
  });

  test('unknown programs and curl are nobody’s client', async () => {
    const { run, clock, events } = makeRecorder();
    await run({
      headers: ['User-Agent', 'curl/8'],
      method: 'GET',
      target: '/v1/models',
      dialect: null,
    });
    clock.advance(120_000);
    expect(reasons(events)).toEqual([]);
  });

  test('answers of which nothing can be read are told with what they were', async () => {
    const { run, clock, events } = makeRecorder();
    const odd = {
      request: { model: 'claude-test', messages: [] },
      responseHeaders: ['content-type', 'text/html'],
      response: ['<html>'],
    };
    await run({ ...odd, id: 'a' });
    clock.advance(2_000);
    expect(reasons(events)).toEqual([]);
    await run({ ...odd, id: 'b' });
    clock.advance(2_000);
    expect(reasons(events)).toEqual([
      expect.stringMatching(
        /^none of 2 anthropic-messages exchanges could be read \(last: POST \/v1\/messages, 200, text\/html\)/,
      ),
    ]);
    await run({
      id: 'c',
      request: odd.request,
      responseHeaders: SSE_HEADERS,
      response: ['data: {"type":"message_start","message":{"id":"m","model":"claude-test"}}\n\n'],
      cause: { kind: 'done' },
    });
    await run({
      id: 'd',
      request: odd.request,
      response: [
        '{"type":"message","id":"m","role":"assistant","content":[{"type":"text","text":"hi"}]}',
      ],
    });
    clock.advance(2_000);
    expect(reasons(events)).toEqual([]);
  });
});
