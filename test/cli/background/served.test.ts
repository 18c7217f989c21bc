import { expect, it } from 'vitest';
import { clientVariables, type Served } from '../../../src/cli/background/served.ts';

const served: Served = {
  url: 'http://127.0.0.1:8081',
  dialects: 'both',
  providers: [{ type: 'anthropic', baseUrl: 'https://api.anthropic.com' }],
  authToken: 'a-token-of-this-test',
};
const headers = (env: Record<string, string>, over: Partial<Served> = {}) =>
  clientVariables({ ...served, ...over }, env)['ANTHROPIC_CUSTOM_HEADERS'];

it('Claude Code is told to show the token, beside the headers that it sends already', () => {
  const shown = 'x-lunaroute-token: a-token-of-this-test';
  expect(headers({})).toBe(shown);
  const own = 'X-Team: blue\nX-LunaRoute-Token: an old one\nX-Other: 1';
  expect(headers({ ANTHROPIC_CUSTOM_HEADERS: own })).toBe(`X-Team: blue\nX-Other: 1\n${shown}`);
});

it('where no token is asked for, the headers are left alone', () => {
  expect(
    headers({ ANTHROPIC_CUSTOM_HEADERS: 'X-Team: blue' }, { authToken: null }),
  ).toBeUndefined();
  expect(headers({}, { dialects: 'openai' })).toBeUndefined();
});
