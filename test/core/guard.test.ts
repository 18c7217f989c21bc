import { expect, test } from 'vitest';
import { makeGuard } from '../../src/core/guard.ts';
import { headerMap } from '../../src/proxy/headers.ts';

const guard = makeGuard({ host: '192.0.2.7', allowedHosts: ['Lab.Example', '[fd00::2]'] });
const check = (...raw: string[]) => guard(headerMap(raw), '10.1.2.3')?.code ?? null;

test.each([
  'localhost',
  'LOCALHOST:8081',
  '127.0.0.1:8081',
  '[::1]:8081',
  '192.0.2.7:8081',
  'lab.example:8081',
  '[fd00::2]:8081',
  '10.1.2.3:8081',
])('accepts Host %s', (host) => {
  expect(check('Host', host)).toBeNull();
});

test.each([
  'attacker.example:8081',
  'localhost.attacker.example',
  '127.0.0.1.nip.example',
  'localhost.',
  'localhost:8081:8081',
  'localhost@attacker.example',
  '127.0.0.1, 127.0.0.1',
  '[::2]',
  '0.0.0.0',
  '',
])('refuses Host %s', (host) => {
  expect(check('Host', host)).toBe('forbidden-host');
});

test('two Host headers are refused', () => {
  expect(check('Host', 'localhost', 'Host', 'localhost')).toBe('forbidden-host');
});

test('no Host is refused', () => {
  expect(check('Accept', '*/*')).toBe('forbidden-host');
});

test.each([
  ['https://attacker.example', 'forbidden-origin'],
  ['null', 'forbidden-origin'],
  ['http://localhost:3000', 'forbidden-origin'],
  ['http://localhost:8081', null],
  ['https://lab.example', null],
  ['https://lab.example.attacker.example', 'forbidden-origin'],
])('Origin %s gives %s', (origin, expected) => {
  expect(check('Host', 'localhost:8081', 'Origin', origin)).toBe(expected);
});

test.each([
  ['cross-site', 'forbidden-origin'],
  ['same-site', 'forbidden-origin'],
  ['Cross-Site', 'forbidden-origin'],
  ['none', null],
  ['same-origin', null],
])('Sec-Fetch-Site %s gives %s', (site, expected) => {
  expect(check('Host', 'localhost', 'Sec-Fetch-Site', site)).toBe(expected);
});

test('an IPv4 client of a dual-stack socket is known by its plain address', () => {
  expect(guard(headerMap(['Host', '10.9.9.9:1']), '::ffff:10.9.9.9')).toBeNull();
});

test('the refusals say how to allow', () => {
  const refusal = guard(headerMap(['Host', 'other.example']), undefined);
  expect(refusal?.message).toContain("'other.example'");
  expect(refusal?.message).toContain('allowed_hosts');
});
