import { expect, test } from 'vitest';
import { failureOf, isTransientConnectFailure } from '../../src/proxy/failures.ts';

const context = { provider: 'openai', upstream: 'api.example:443', phase: 'answer' as const };
const coded = (code: string): Error => Object.assign(new Error('x'), { code });

test.each([
  ['ECONNREFUSED', 'connect-refused'],
  ['EHOSTUNREACH', 'connect-refused'],
  ['UND_ERR_CONNECT_TIMEOUT', 'connect-timeout'],
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
  ['ECONNRESET', 'reset'],
  ['EPIPE', 'reset'],
  ['UND_ERR_SOCKET', 'closed'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'closed'],
  ['UND_ERR_HEADERS_TIMEOUT', 'headers-timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'idle-timeout'],
  ['UND_ERR_INVALID_ARG', 'bad-request'],
  ['ESOMETHINGNEW', 'proxy-error'],
])('%s is %s', (code, expected) => {
  const failure = failureOf(coded(code), context);
  expect(failure.code).toBe(expected);
  expect(failure.message).toContain('api.example:443');
});

test.each([
  ['Response does not match the HTTP/1.1 protocol (Invalid EOF state)', 'closed'],
  [
    'Response does not match the HTTP/1.1 protocol (Invalid character in chunk size)',
    'bad-response',
  ],
])('the parser’s %s is %s', (message, expected) => {
  const error = Object.assign(new Error(message), { name: 'HTTPParserError', code: undefined });
  expect(failureOf(error, context).code).toBe(expected);
});

test('several failed addresses count as their common code', () => {
  const error = Object.assign(new AggregateError([coded('ECONNREFUSED')]), {
    code: 'ECONNREFUSED',
  });
  expect(failureOf(error, context).code).toBe('connect-refused');
});

test('a broken connection says whether the request may have been carried out', () => {
  const message = (phase: 'connect' | 'answer' | 'body') =>
    failureOf(coded('ECONNRESET'), { ...context, phase }).message;
  expect(message('answer')).toContain('may have been carried out');
  expect(message('connect')).not.toContain('carried out');
  expect(message('body')).toContain('before its answer was complete');
});

test('a refusing forward proxy is named with its reason', () => {
  const error = Object.assign(new Error('forward proxy p:3128: status 407'), {
    code: 'TUNNEL_REFUSED',
  });
  expect(failureOf(error, context)).toEqual({
    code: 'connect-refused',
    message: expect.stringContaining('forward proxy p:3128: status 407'),
  });
});

test('what is thrown need not be an Error', () => {
  expect(failureOf(null, context).code).toBe('proxy-error');
});

test('a connect timeout has waited long enough', () => {
  expect(isTransientConnectFailure('connect-refused')).toBe(true);
  expect(isTransientConnectFailure('connect-timeout')).toBe(false);
});
