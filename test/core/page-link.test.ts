import { expect, it } from 'vitest';
import { pageLink } from '../../src/core/page-link.ts';

it.each([
  [null, 'http://h/'],
  [{ type: 'session', sessionId: 'a/b?c#d %' } as const, 'http://h/sessions/a%2Fb%3Fc%23d%20%25'],
  [{ type: 'exchange', exchangeId: '<x>' } as const, 'http://h/exchanges/%3Cx%3E'],
])('the page of %j is %s', (target, url) => expect(pageLink('http://h', target)).toBe(url));
