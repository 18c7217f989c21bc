// The packed tarball, installed in an empty folder by a newcomer who has Node and no compiler, on the
// oldest Node that is promised and on the two lines after it: the demo runs, and its summary is right.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { arch, homedir, platform } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatCount } from '../../src/core/format.ts';
import { addUsage } from '../../src/core/usage.ts';
import { DEMO } from '../../src/demo/script.ts';
import { usageOf } from '../../src/demo/session.ts';
import { npmPack } from '../helpers/pack.ts';
import { tempHome } from '../helpers/program.ts';

const NODES = ['22.19.0', '24.21.0', '26.10.0'];
const CACHE = process.env['LUNAROUTE_NODES_DIR'] ?? join(homedir(), '.cache/lunaroute-nodes');

const home = tempHome();
let tarball: string;

beforeAll(() => {
  tarball = join(home.path, npmPack(['--pack-destination', home.path]).filename);
});
afterAll(() => home.remove());

/** A Node of this version, from npm's package for this platform; fetched once. */
function nodeOf(version: string): string {
  const name = `node-${platform()}-${arch()}`;
  const folder = join(CACHE, version);
  const file = join(folder, 'node_modules', name, 'bin/node');
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    execFileSync('npm', ['install', '--no-audit', '--no-fund', `${name}@${version}`], {
      cwd: folder,
    });
  }
  return file;
}

/** A PATH with Node, a shell and env, and nothing that could compile. */
function barePath(version: string): string {
  const bin = join(home.path, `bin-${version}`);
  mkdirSync(bin);
  symlinkSync(nodeOf(version), join(bin, 'node'));
  for (const tool of ['sh', 'env']) symlinkSync(`/usr/bin/${tool}`, join(bin, tool));
  return bin;
}

/** npm's own script: it runs on the Node that is being tried. */
function npmCli(): string {
  const found = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
  return process.env['npm_execpath'] ?? realpathSync(found);
}

describe.each(NODES)('installed with Node %s', (version) => {
  const folder = join(home.path, `app-${version}`);
  const own = join(home.path, `home-${version}`);
  let env: Record<string, string>;
  let node: string;

  beforeAll(() => {
    const bin = barePath(version);
    node = join(bin, 'node');
    for (const path of [folder, own]) mkdirSync(path);
    env = { PATH: bin, HOME: own, NO_COLOR: '1' };
  });

  it('installs without a compiler', () => {
    const install = spawnSync(
      node,
      [npmCli(), 'install', '--no-audit', '--no-fund', '--no-package-lock', tarball],
      // The caller's registry and certificates, but no compiler.
      {
        cwd: folder,
        env: { ...process.env, PATH: env['PATH'] },
        encoding: 'utf8',
        timeout: 120_000,
      },
    );
    expect(install.status, install.stderr).toBe(0);
    expect(install.stderr).not.toContain('EBADENGINE');
  });

  it('says its version', () => {
    const run = spawnSync(join(folder, 'node_modules/.bin/lunaroute'), ['--version'], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    const manifest = readFileSync(join(folder, 'node_modules/lunaroute/package.json'), 'utf8');
    expect([run.status, run.stderr, run.stdout.trim()]).toEqual([
      0,
      '',
      (JSON.parse(manifest) as { version: string }).version,
    ]);
  });

  it('plays the demo, and its summary is right', () => {
    const run = spawnSync(
      join(folder, 'node_modules/.bin/lunaroute'),
      ['demo', '--headless', '--for', '20s'],
      { cwd: folder, env, encoding: 'utf8' },
    );
    expect(run.status, run.stderr).toBe(0);
    const answers = Object.values(DEMO).flatMap((session) => session.answers);
    const total = answers.map((answer) => usageOf([answer])).reduce(addUsage);
    const failed = answers.filter(({ kind }) => kind === 'refused').length;
    expect(run.stdout.trim().split('\n').at(-1)).toBe(
      `The demo's provider sent the same: ${answers.length} requests (${failed} failed), ` +
        `${formatCount(total.input)} tokens in, ${formatCount(total.output)} out.`,
    );
    expect(existsSync(join(own, '.lunaroute'))).toBe(false);
  });
});
