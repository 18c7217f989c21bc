import { expect, it } from 'vitest';
import { clientHost, clientUrl, shownUrl } from '../../src/cli/address.ts';
import { isLoopbackHost } from '../../src/core/guard.ts';

it.each([
  ['127.0.0.1', 'http://127.0.0.1:80'],
  ['0.0.0.0', 'http://127.0.0.1:80'],
  ['::', 'http://[::1]:80'],
  ['[::1]', 'http://[::1]:80'],
  ['localhost', 'http://localhost:80'],
])('a server on %s is reached at %s', (host, url) => expect(clientUrl(host, 80)).toBe(url));

it('knows loopback', () => {
  expect(
    ['127.0.0.1', '127.9.9.9', 'localhost', '::1', '[::1]', 'LOCALHOST'].every(isLoopbackHost),
  ).toBe(true);
  expect(['0.0.0.0', '::', '10.0.0.1', '127.evil.example'].some(isLoopbackHost)).toBe(false);
  expect(clientHost('fe80::1')).toBe('fe80::1');
});

it('shows a URL without its password', () => {
  expect(shownUrl('https://user:secret@h/x')).toBe('https://***@h/x');
  expect(shownUrl('https://h/x')).toBe('https://h/x');
  expect(shownUrl('no url')).toBe('no url');
});
