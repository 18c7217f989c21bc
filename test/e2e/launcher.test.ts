// The executable's first duty: no native module is loaded on a Node that it would crash.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { LAUNCHER, tempHome } from '../helpers/program.ts';

const home = tempHome();
afterAll(() => home.remove());

/** Makes the launcher believe that it runs on `version`. */
function pretend(version: string): string {
  const code = `Object.defineProperty(process.versions,'node',{value:${JSON.stringify(version)}});`;
  return `--import=data:text/javascript,${encodeURIComponent(code)}`;
}

/** An installed package: the launcher without the clone's tools beside it. */
function installed(): string {
  const bin = join(home.path, 'package/bin');
  mkdirSync(bin, { recursive: true });
  for (const file of ['launch.cjs', 'lunaroute.cjs'])
    cpSync(join(LAUNCHER, '..', file), join(bin, file));
  return join(bin, 'lunaroute.cjs');
}

describe('launcher', () => {
  it.each(['20.20.2', '22.18.0', '18.0.0'])('refuses Node %s with one sentence', (version) => {
    const run = spawnSync(process.execPath, [pretend(version), installed(), '--version'], {
      encoding: 'utf8',
    });
    expect(run.status).toBe(1);
    expect(run.stdout).toBe('');
    expect(run.stderr).toContain(`Node ${version}`);
    expect(run.stderr).toContain('22.19');
    expect(run.stderr).toContain('npx -p node@24 -p lunaroute lunaroute');
    expect(run.stderr.trim().split('\n')).toHaveLength(1);
  });

  it('re-executes itself on the Node that a clone brings', () => {
    const run = spawnSync(process.execPath, [pretend('20.20.2'), LAUNCHER, '--version'], {
      encoding: 'utf8',
    });
    const { version } = JSON.parse(readFileSync(join(LAUNCHER, '../../package.json'), 'utf8')) as {
      version: string;
    };
    const brought = existsSync(join(LAUNCHER, '../../node_modules/.bin/node'));
    expect(run.status).toBe(brought ? 0 : 1);
    if (brought) expect(run.stdout.trim()).toContain(version);
  });
});
