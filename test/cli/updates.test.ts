// Nobody is asked unless that is configured, in a terminal, and once a day; what is told is a version.

import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Context } from '../../src/cli/context.ts';
import { checkForUpdate, updateHint } from '../../src/cli/updates.ts';
import { type LoadedConfig, requireConfig } from '../../src/config/load.ts';
import { isNewer } from '../../src/core/versions.ts';
import { configInput } from '../helpers/config-input.ts';
import { until } from '../helpers/program.ts';
import { silentContext } from '../helpers/silent-context.ts';

const DAY_MS = 86_400_000;
let asked = 0;
let says = '{"version":"99.1.0"}';
const registry = createServer((_req, res) => {
  asked += 1;
  res.end(says);
});
let url: string;

beforeEach(async () => {
  asked = 0;
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}/latest`;
});
afterEach(() => new Promise((resolve) => registry.close(resolve)));

function at(now: number, isTerminal = true): Context {
  const context = silentContext();
  return { ...context, now: () => now, print: { ...context.print, isTerminal } };
}

function configured(check: boolean): LoadedConfig {
  return requireConfig(configInput({ yaml: `updates: {check: ${check}, url: "${url}"}` }));
}

it('asks at the first start and a day later, and tells at the next', async () => {
  const loaded = configured(true);
  const file = join(loaded.dataDir, 'update-check.json');
  expect(checkForUpdate(loaded, at(DAY_MS))).toBeNull();
  await until('the answer', () => (existsSync(file) ? true : undefined));
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ askedAt: DAY_MS, latest: '99.1.0' });
  expect(checkForUpdate(loaded, at(2 * DAY_MS - 1))).toContain('LunaRoute 99.1.0 is out');
  expect(updateHint(loaded, at(2 * DAY_MS))).toContain('LunaRoute 99.1.0 is out');
  expect(asked).toBe(1);
  expect(checkForUpdate(loaded, at(2 * DAY_MS))).toContain('99.1.0');
  await until('the second question', () => (asked === 2 ? true : undefined));
});

it('takes nothing but a version', async () => {
  const loaded = configured(true);
  says = '{"version":"1.0.0\\u001b[2J"}';
  checkForUpdate(loaded, at(DAY_MS));
  await until('the question', () => (asked === 1 ? true : undefined));
  expect(checkForUpdate(loaded, at(DAY_MS))).toBeNull();
});

it('asks nobody by default, nor without a terminal', () => {
  const byDefault = requireConfig(configInput({}));
  expect(byDefault.config.updates.check).toBe(false);
  expect(
    checkForUpdate(
      { ...byDefault, config: { ...byDefault.config, updates: { check: false, url } } },
      at(DAY_MS),
    ),
  ).toBeNull();
  expect(checkForUpdate(configured(true), at(DAY_MS, false))).toBeNull();
  expect(asked).toBe(0);
});

it.each([
  ['1.2.4', '1.2.3', true],
  ['1.10.0', '1.9.9', true],
  ['1.2.3', '1.2.3', false],
  ['1.2.3', '1.2.3-rc.1', false],
  ['0.9.9', '1.0.0', false],
])('%s is newer than %s: %s', (a, b, is) => {
  expect(isNewer(a, b)).toBe(is);
});
