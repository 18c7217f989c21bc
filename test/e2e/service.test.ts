// `lunaroute service`: systemd accepts the unit, the service manager is asked for the right things, and
// the files in deploy/ are what the program writes.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { launchdAgent, systemdUnit } from '../../src/cli/service/definitions.ts';
import { cleanEnv, LAUNCHER, runProgram, tempHome } from '../helpers/program.ts';

const ROOT = join(import.meta.dirname, '../..');
const home = tempHome();
const calls = join(home.path, 'calls');
const bin = join(home.path, 'bin');
const env = cleanEnv(home.path, { PATH: `${bin}:${process.env['PATH'] ?? ''}` });
const unit = join(home.path, '.config/systemd/user/lunaroute.service');

mkdirSync(bin);
afterAll(() => home.remove());
beforeEach(() => systemctl('exit 0'));

/** A systemctl that notes what it is asked for, since no systemd runs where the tests do. */
function systemctl(then: string): void {
  writeFileSync(calls, '');
  writeFileSync(join(bin, 'systemctl'), `#!/bin/sh\necho "$@" >> '${calls}'\n${then}\n`);
  chmodSync(join(bin, 'systemctl'), 0o755);
}

function verify(file: string): string {
  const run = spawnSync('systemd-analyze', ['verify', '--user', '--man=no', file], {
    encoding: 'utf8',
    env: { ...env, XDG_RUNTIME_DIR: home.path },
  });
  expect(run.status, run.stderr).toBe(0);
  return run.stderr;
}

describe('lunaroute service', () => {
  it('installs a unit that systemd accepts, with the flags and places given', async () => {
    const run = await runProgram(
      ['service', 'install', '--port', '9123', '--config', 'c.yaml'],
      env,
    );
    // The file named does not exist.
    expect(run.code).toBe(1);
    writeFileSync(join(home.path, 'odd $name 100%.yaml'), 'port: 9000\n');
    const config = join(home.path, 'odd $name 100%.yaml');
    const done = await runProgram(
      ['service', 'install', '--port', '9123', '--config', config],
      env,
    );
    expect([done.code, done.stdout]).toEqual([0, `installed and started: ${unit}\n`]);
    expect(readFileSync(calls, 'utf8').trim().split('\n')).toEqual([
      '--user daemon-reload',
      '--user enable lunaroute.service',
      '--user restart lunaroute.service',
    ]);
    const text = readFileSync(unit, 'utf8');
    expect(text).toContain(`Environment=LUNAROUTE_HOME=${join(home.path, '.lunaroute')}\n`);
    expect(text).toContain(`ExecStart=${process.execPath} ${LAUNCHER} serve `);
    expect(text).toContain(`--port 9123`);
    expect(text).toContain(`"${config.replace('%', '%%').replace('$', '$$$$')}"`);
    expect(verify(unit)).toBe('');
  });

  it('uninstalls it, and says when there is none', async () => {
    expect((await runProgram(['service', 'uninstall'], env)).stdout).toBe(
      `stopped and removed: ${unit}\n`,
    );
    expect(readFileSync(calls, 'utf8').trim().split('\n')).toEqual([
      '--user disable --now lunaroute.service',
      '--user daemon-reload',
    ]);
    expect(existsSync(unit)).toBe(false);
    const again = await runProgram(['service', 'uninstall', '--json'], env);
    expect(JSON.parse(again.stdout)).toEqual({ file: unit, state: 'was not installed' });
  });

  it('says what systemctl said, and where it was not asked', async () => {
    systemctl('echo "Failed to connect to bus" >&2; exit 1');
    const failed = await runProgram(['service', 'install'], env);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('systemctl --user daemon-reload failed: Failed to connect');
    writeFileSync(calls, '');
    expect((await runProgram(['service', 'install', '--no-start'], env)).code).toBe(0);
    expect(readFileSync(calls, 'utf8')).toBe('');
    expect(existsSync(unit)).toBe(true);
  });

  it('deploy/ has the same unit and agent', async () => {
    const service = { words: ['/usr/bin/env', 'lunaroute', 'serve'], variables: {} };
    const file = join(ROOT, 'deploy/systemd/lunaroute.service');
    await expect(systemdUnit(service)).toMatchFileSnapshot(file);
    expect(verify(file)).toBe('');
    const agent = launchdAgent(
      { words: ['/usr/local/bin/lunaroute', 'serve'], variables: {} },
      '/tmp/lunaroute.log',
    );
    await expect(agent).toMatchFileSnapshot(
      join(ROOT, 'deploy/launchd/io.lunaroute.lunaroute.plist'),
    );
  });

  it('the agent is a well-formed property list, whatever its words are', () => {
    const words = ['/bin/node', 'a & b', '<c>', '--config', '/x y'];
    const text = launchdAgent({ words, variables: { LUNAROUTE_HOME: '/a&b' } }, '/log');
    const read =
      'import plistlib,sys,json;print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))';
    const agent = JSON.parse(
      execFileSync('python3', ['-c', read], { input: text, encoding: 'utf8' }),
    ) as Record<string, unknown>;
    expect(agent['ProgramArguments']).toEqual(words);
    expect(agent['EnvironmentVariables']).toEqual({ LUNAROUTE_HOME: '/a&b' });
    expect(agent['KeepAlive']).toEqual({ SuccessfulExit: false });
  });
});
