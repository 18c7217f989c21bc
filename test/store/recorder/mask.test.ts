import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskHeaders, maskTarget, scrub, secretsOf } from '../../../src/store/recorder/mask.ts';

describe('maskHeaders', () => {
  it.each([
    ['Authorization', 'Bearer abcdefghijklmnopqrstuvwx1234', 'Bearer …1234'],
    ['authorization', 'bearer short', 'bearer …'],
    ['authorization', 'Bearer sk-ant-oat01-0123456789abcdefghij', 'Bearer sk-ant-oat01-…ghij'],
    ['authorization', 'Basic dXNlcjpwYXNzd29yZDEyMzQ=', 'Basic …'],
    ['AUTHORIZATION', 'no-scheme-at-all-1234567', '…4567'],
    ['proxy-authorization', 'Bearer abcdefghijklmnop9999', 'Bearer …9999'],
    ['x-api-key', 'sk-ant-api03-AAAAAAAAAAAAAAAAAAAAbcde', 'sk-ant-api03-…bcde'],
    ['api-key', '0123456789abcdef', '…cdef'],
    ['x-goog-api-key', 'AIzaSyA0123456789', '…6789'],
    ['Cookie', 'session=0123456789abcdef', '…'],
    ['Set-Cookie', 'a=0123456789abcdef; Secure', '…'],
    ['chatgpt-account-id', '0123-4567-89ab-cdef', '…cdef'],
    ['x-amz-security-token', 'FwoGZXIvYXdzEBYaD', '…BYaD'],
    ['x-client-secret', 'tooshort', '…'],
  ])('%s: %s', (name, value, masked) => {
    const [, result = ''] = maskHeaders([name, value]);
    expect(result).toBe(masked);
  });

  it('leaves other headers as they are, in order, with duplicates', () => {
    const flat = [
      'Host',
      'h',
      'X-A',
      '1',
      'x-a',
      '2',
      'anthropic-ratelimit-tokens-remaining',
      '99',
    ];
    expect(maskHeaders(flat)).toEqual(flat);
  });

  it('masks a signature inside a redirect', () => {
    expect(maskHeaders(['Location', 'https://s3.example/f?sig=0123456789abcdef&x=1'])).toEqual([
      'Location',
      'https://s3.example/f?sig=…cdef&x=1',
    ]);
  });

  it('shows at most 4 characters of a secret, whatever its form', () => {
    const name = fc.constantFrom(
      'authorization',
      'X-API-Key',
      'cookie',
      'x-my-token',
      'app-secret',
    );
    const kind = fc.constantFrom('', 'Bearer ', 'bearer  ', 'Basic ', 'Token ', 'sk-ant-api03-');
    const secret = fc.stringMatching(/^[0-9a-f]{12,80}$/);
    fc.assert(
      fc.property(name, kind, secret, (header, prefix, value) => {
        const [, masked = ''] = maskHeaders([header, prefix + value]);
        expect(masked).toContain('…');
        for (let i = 0; i + 5 <= value.length; i += 1) {
          expect(masked).not.toContain(value.slice(i, i + 5));
        }
      }),
    );
  });
});

describe('maskTarget', () => {
  it.each([
    ['/v1/models?key=0123456789abcdef', '/v1/models?key=…cdef'],
    ['/v1?a=1&API_KEY=0123456789abcdef&b=2', '/v1?a=1&API_KEY=…cdef&b=2'],
    ['/v1?access%5Ftoken=0123456789abcdef', '/v1?access%5Ftoken=…cdef'],
    ['/v1?signature=short', '/v1?signature=…'],
    ['/v1?max_tokens=100&beta=true', '/v1?max_tokens=100&beta=true'],
    ['/v1/messages?beta=true', '/v1/messages?beta=true'],
    ['/v1?x=%zz&token', '/v1?x=%zz&token'],
    ['/a?b=1?token=0123456789abcdef', '/a?b=1?token=…cdef'],
    ['https://user:password@proxy.example/v1', 'https://…@proxy.example/v1'],
  ])('%s', (target, masked) => {
    expect(maskTarget(target)).toBe(masked);
  });
});

describe('scrub', () => {
  it('finds every credential of the request again in a text', () => {
    const headers = [
      'Authorization',
      'Bearer sk-CANARY-0123456789',
      'cookie',
      'sid=CANARY-cookie-1',
    ];
    const secrets = secretsOf(headers, '/v1?key=CANARY%2Dquery%2D1234');
    const echo =
      'bad key sk-CANARY-0123456789, CANARY-cookie-1, CANARY-query-1234, CANARY%2Dquery%2D1234';
    expect(scrub(echo, secrets)).not.toContain('CANARY');
  });
});
