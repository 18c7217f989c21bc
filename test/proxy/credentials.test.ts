import { expect, test } from 'vitest';
import { credentialVendor, withCredential } from '../../src/proxy/credentials.ts';
import { headerMap } from '../../src/proxy/headers.ts';
import { provider } from '../helpers/proxy-harness.ts';

const anthropic = provider({ name: 'anthropic', type: 'anthropic', apiKey: 'sk-ant-api03-own' });
const openai = provider({ apiKey: 'sk-own' });
const apply = (raw: string[], to = openai): string[] =>
  withCredential(raw, { provider: to, login: null }, headerMap(raw));

test("the client's own credential passes untouched", () => {
  for (const raw of [
    ['Authorization', 'Bearer sk-user'],
    ['X-Api-Key', 'sk-ant-user'],
    ['api-key', 'azure'],
  ]) {
    expect(apply(raw)).toEqual(raw);
    expect(apply(raw, anthropic)).toEqual(raw);
  }
});

test.each(['', 'lunaroute', 'LunaRoute', 'dummy', 'none', 'placeholder'])(
  'the configured key takes the place of %j',
  (placeholder) => {
    const rest = ['Accept', '*/*', 'Cookie', 'a=b'];
    expect(apply(['Authorization', `Bearer ${placeholder}`, ...rest])).toEqual([
      ...rest,
      'Authorization',
      'Bearer sk-own',
    ]);
    expect(apply(['x-api-key', placeholder, ...rest], anthropic)).toEqual([
      ...rest,
      'x-api-key',
      'sk-ant-api03-own',
    ]);
  },
);

test('one real credential beside a placeholder is the client’s own', () => {
  const raw = ['x-api-key', 'dummy', 'Authorization', 'Bearer sk-user'];
  expect(apply(raw, anthropic)).toEqual(raw);
});

test('an OAuth token of Anthropic goes as a bearer token', () => {
  expect(apply([], { ...anthropic, apiKey: 'sk-ant-oat01-own' })).toEqual([
    'Authorization',
    'Bearer sk-ant-oat01-own',
  ]);
});

test('auth: always replaces what the client sent', () => {
  const always = { ...openai, auth: 'always' as const };
  expect(apply(['AUTHORIZATION', 'Bearer sk-user', 'x-api-key', 'k', 'A', 'b'], always)).toEqual([
    'A',
    'b',
    'Authorization',
    'Bearer sk-own',
  ]);
});

test('without a configured key nothing is added or removed', () => {
  expect(apply([], provider())).toEqual([]);
  expect(apply(['x-api-key', 'dummy'], provider())).toEqual(['x-api-key', 'dummy']);
});

test('the ChatGPT backend never gets a configured key', () => {
  const chatgpt = provider({ type: 'chatgpt', apiKey: 'sk-own', auth: 'always' });
  expect(apply(['Authorization', 'Bearer eyJ'], chatgpt)).toEqual(['Authorization', 'Bearer eyJ']);
});

test('only shapes that one vendor uses name it', () => {
  const vendor = (value: string) => credentialVendor(headerMap(['Authorization', value]));
  expect(vendor('Bearer sk-ant-api03-x')).toBe('anthropic');
  expect(vendor('Bearer sk-svcacct-x')).toBe('openai');
  expect(vendor('Bearer sk-or-v1-x')).toBeNull();
  expect(vendor('Bearer eyJhbGciOi')).toBeNull();
  expect(vendor('Basic sk-ant-x')).toBeNull();
});
