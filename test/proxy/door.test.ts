import { expect, it } from 'vitest';
import { makeDoor } from '../../src/proxy/door.ts';
import { headerMap } from '../../src/proxy/headers.ts';

const TOKEN = 'the-token-of-this-test';
const through = (raw: string[], token: string | null = TOKEN) =>
  makeDoor(token)(raw, headerMap(raw));

it.each([
  ['its own header', ['X-LunaRoute-Token', TOKEN]],
  ['a bearer token', ['Authorization', `Bearer ${TOKEN}`]],
  ['a bearer token, spelled otherwise', ['authorization', `bearer   ${TOKEN} `]],
  ['a key of Anthropic', ['X-Api-Key', TOKEN]],
  ['a key of Azure', ['api-key', TOKEN]],
  ['several at once', ['x-api-key', TOKEN, 'Authorization', `Bearer ${TOKEN}`]],
])('the token as %s opens, and is taken out', (_name, shown) => {
  expect(through(['Accept', '*/*', ...shown, 'X', 'y'])).toEqual(['Accept', '*/*', 'X', 'y']);
});

it("the client's own credential stays beside the token", () => {
  const own = ['Authorization', 'Bearer sk-ant-oat01-own'];
  expect(through([...own, 'x-lunaroute-token', TOKEN])).toEqual(own);
});

it.each([
  ['nothing', []],
  ['another', ['x-lunaroute-token', `${TOKEN}x`]],
  ['a part', ['x-api-key', TOKEN.slice(0, -1)]],
  ['none', ['x-lunaroute-token', '']],
  ['the token in a header that is no credential', ['X-Other', TOKEN]],
])('%s does not open', (_name, shown) => {
  expect(through(['Accept', '*/*', ...shown])).toBeNull();
});

it('where none is asked for, headers are the very same; a token that is left over goes nowhere', () => {
  const raw = ['Accept', '*/*', 'x-api-key', 'k'];
  expect(through(raw, null)).toBe(raw);
  expect(through([...raw, 'X-LUNAROUTE-TOKEN', TOKEN], null)).toEqual(raw);
});
