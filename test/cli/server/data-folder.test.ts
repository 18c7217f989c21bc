import { chmodSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { prepareDataFolder } from '../../../src/cli/server/data-folder.ts';

it('is made private, an open one is closed and reported, an impossible one is no crash', () => {
  const base = mkdtempSync(join(tmpdir(), 'lunaroute-data-'));
  const dir = join(base, 'a', 'b');
  expect(prepareDataFolder(dir, 'linux')).toBeNull();
  expect(statSync(dir).mode & 0o077).toBe(0);
  chmodSync(dir, 0o755);
  expect(prepareDataFolder(dir, 'linux')).toContain('only you can read it');
  expect(statSync(dir).mode & 0o077).toBe(0);
  writeFileSync(join(base, 'file'), '');
  expect(prepareDataFolder(join(base, 'file', 'x'), 'linux')).toContain('set LUNAROUTE_HOME');
});
