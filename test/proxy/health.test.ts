import { expect, test } from 'vitest';
import { healthAnswer } from '../../src/proxy/health.ts';

const facts = { version: '1.2.3', instanceId: 'abc', pid: 42, degraded: [] };

test('/healthz identifies this very process', () => {
  expect(JSON.parse(healthAnswer('GET', '/healthz', facts)?.body ?? '')).toEqual({
    status: 'ok',
    name: 'lunaroute',
    version: '1.2.3',
    instance: 'abc',
    pid: 42,
  });
});

test('/readyz stays 200 while degraded, and says why', () => {
  expect(JSON.parse(healthAnswer('GET', '/readyz', facts)?.body ?? '')).toMatchObject({
    status: 'ready',
  });
  const degraded = healthAnswer('GET', '/readyz', { ...facts, degraded: ['disk full'] });
  expect(degraded?.status).toBe(200);
  expect(JSON.parse(degraded?.body ?? '')).toMatchObject({
    status: 'degraded',
    reasons: ['disk full'],
  });
});

test('nothing else is answered here', () => {
  expect(healthAnswer('POST', '/healthz', facts)).toBeNull();
  expect(healthAnswer('GET', '/healthz/x', facts)).toBeNull();
});
