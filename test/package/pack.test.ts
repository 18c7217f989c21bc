// What `npm pack` would publish: only what runs, small, and in order.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { describe, expect, it } from 'vitest';
import { npmPack } from '../helpers/pack.ts';
import { cleanEnv, tempHome } from '../helpers/program.ts';

const ROOT = join(import.meta.dirname, '../..');
const MAX_BYTES = 3_000_000;

describe('npm pack', () => {
  const packed = npmPack(['--dry-run']);
  const paths = packed.files.map(({ path }) => path);

  it('is at most 3 MB and holds only what runs', () => {
    expect(packed.size).toBeLessThan(MAX_BYTES);
    const other = paths.filter((path) => !/^(bin|dist|man)\//.test(path));
    expect(other.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);
    for (const entry of ['main.js', 'proxy-worker.js', 'recorder-worker.js']) {
      expect(paths).toContain(`dist/${entry}`);
    }
    expect(paths.filter((path) => path.endsWith('.map') || path.endsWith('.ts'))).toEqual([]);
  });

  it('runs with no other package than better-sqlite3 beside it', () => {
    const home = tempHome();
    for (const part of ['bin', 'dist', 'package.json']) {
      cpSync(join(ROOT, part), join(home.path, 'app', part), { recursive: true });
    }
    mkdirSync(join(home.path, 'app/node_modules'));
    const native = 'node_modules/better-sqlite3';
    symlinkSync(join(ROOT, native), join(home.path, 'app', native));
    const run = spawnSync(
      process.execPath,
      [join(home.path, 'app/bin/lunaroute.cjs'), 'demo', '--headless', '--for', '1s'],
      { env: cleanEnv(home.path), encoding: 'utf8' },
    );
    home.remove();
    expect(run.status, run.stderr).toBe(0);
    expect(run.stdout).toContain("The demo's provider sent the same");
  });

  it('carries the licences of what is bundled', () => {
    const notices = readFileSync(join(ROOT, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
    expect(paths).toContain('dist/THIRD-PARTY-NOTICES.txt');
    for (const name of ['ink', 'undici', 'commander', 'zod', 'prom-client']) {
      expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
    }
    expect(notices).toContain('Permission is hereby granted, free of charge');
    expect(notices).toContain('Apache License');
  });

  it('is fine with publint', async () => {
    expect((await publint({ pkgDir: ROOT, strict: true })).messages).toEqual([]);
  });
});
