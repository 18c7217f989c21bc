import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Attempt, retryDecision, retryDelayMs } from '../../src/proxy/retry.ts';

const unsent: Attempt = {
  method: 'POST',
  code: 'connect-refused',
  wasSent: false,
  wasReused: false,
  hasAnswered: false,
  connectFailures: 1,
  maxRetries: 3,
  canRepeat: true,
};
const stale: Attempt = { ...unsent, method: 'GET', code: 'closed', wasSent: true, wasReused: true };

test('a request that never left is tried again, maxRetries times', () => {
  expect(retryDecision(unsent)).toBe('after-delay');
  expect(retryDecision({ ...unsent, connectFailures: 3 })).toBe('after-delay');
  expect(retryDecision({ ...unsent, connectFailures: 4 })).toBe('give-up');
  expect(retryDecision({ ...unsent, maxRetries: 0 })).toBe('give-up');
  expect(retryDecision({ ...unsent, code: 'connect-timeout' })).toBe('give-up');
  expect(retryDecision({ ...unsent, code: 'bad-request' })).toBe('give-up');
});

test('a POST that left is never sent again', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE'),
      fc.constantFrom<Attempt['code']>('reset', 'closed', 'headers-timeout', 'bad-response', 'tls'),
      fc.record({ wasReused: fc.boolean(), hasAnswered: fc.boolean(), canRepeat: fc.boolean() }),
      (method, code, facts) => {
        expect(retryDecision({ ...stale, ...facts, method, code })).toBe('give-up');
      },
    ),
  );
});

test('a GET is repeated once on a fresh connection when a kept one was dead', () => {
  expect(retryDecision(stale)).toBe('repeat-now');
  expect(retryDecision({ ...stale, method: 'HEAD', code: 'reset' })).toBe('repeat-now');
  expect(retryDecision({ ...stale, wasReused: false })).toBe('give-up');
  expect(retryDecision({ ...stale, hasAnswered: true })).toBe('give-up');
  expect(retryDecision({ ...stale, canRepeat: false })).toBe('give-up');
  expect(retryDecision({ ...stale, code: 'headers-timeout' })).toBe('give-up');
});

test('delays grow, are spread, and never exceed a second', () => {
  expect(retryDelayMs(1, 0)).toBe(25);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (n, r) => {
        const delay = retryDelayMs(n, r);
        expect(delay).toBeGreaterThanOrEqual(25);
        expect(delay).toBeLessThanOrEqual(1000);
        expect(retryDelayMs(n + 1, r)).toBeGreaterThanOrEqual(delay);
      },
    ),
  );
});
