import { expect, test } from 'vitest';
import { ownAnswer } from '../../src/proxy/own-answer.ts';

test("Anthropic's clients get Anthropic's error shape", () => {
  const answer = ownAnswer({ code: 'connect-refused', message: 'no' }, 'anthropic');
  expect(answer.status).toBe(502);
  expect(JSON.parse(answer.body)).toEqual({
    type: 'error',
    error: { type: 'api_error', message: 'LunaRoute: no' },
  });
});

test("OpenAI's clients get OpenAI's", () => {
  const answer = ownAnswer({ code: 'ambiguous-provider', message: 'which?' }, 'openai');
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.body)).toEqual({
    error: {
      message: 'LunaRoute: which?',
      type: 'invalid_request_error',
      param: null,
      code: 'ambiguous-provider',
    },
  });
});

test('own answers can be told from a provider’s, and have their length in bytes', () => {
  const { headers, body } = ownAnswer({ code: 'dns', message: 'é' }, 'openai');
  expect(headers.slice(headers.indexOf('x-lunaroute-error'))).toEqual(['x-lunaroute-error', 'dns']);
  expect(headers[headers.indexOf('content-length') + 1]).toBe(String(Buffer.byteLength(body)));
});

test('timeouts are 504', () => {
  expect(ownAnswer({ code: 'headers-timeout', message: '' }, 'openai').status).toBe(504);
  expect(ownAnswer({ code: 'connect-timeout', message: '' }, 'openai').status).toBe(504);
});
