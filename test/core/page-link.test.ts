import { expect, it } from 'vitest';
import { idOfSegment, pageLink, pathSegment } from '../../src/core/page-link.ts';

it.each([
  [null, 'http://h/'],
  [{ type: 'session', sessionId: 'a/b?c#d %' } as const, 'http://h/sessions/a%2Fb%3Fc%23d%20%25'],
  [{ type: 'exchange', exchangeId: '<x>' } as const, 'http://h/exchanges/%3Cx%3E'],
])('the page of %j is %s', (target, url) => expect(pageLink('http://h', target)).toBe(url));

it.each(['.', '..', '~', '~.', '%2e%2e', '...', 'a'])(
  'the id %s is a part of a path of its own',
  (id) => {
    const { pathname } = new URL(`http://h/sessions/${pathSegment(id)}/pin`);
    const [, , part = '', pin] = pathname.split('/');
    expect([idOfSegment(decodeURIComponent(part)), pin]).toEqual([id, 'pin']);
  },
);
