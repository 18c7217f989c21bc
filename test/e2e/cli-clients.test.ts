// env, run and setup as a person's shell uses them; the clients are scripts that say how they were called.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  cleanEnv,
  freePort,
  LAUNCHER,
  runProgram,
  type TempHome,
  tempHome,
} from '../helpers/program.ts';

let home: TempHome;
let bin: string;
let port: string;
let env: Record<string, string>;

beforeEach(async () => {
  home = tempHome();
  port = String(await freePort());
  bin = join(home.path, 'bin');
  mkdirSync(bin);
  script('codex', 'for a in "$@"; do echo "arg:$a"; done; exit 7');
  script('claude', 'echo "base:$ANTHROPIC_BASE_URL"; kill -TERM $$');
  script('lunaroute', `exec '${process.execPath}' '${LAUNCHER}' "$@"`);
  const clean = cleanEnv(home.path, { LUNAROUTE_PORT: port });
  env = { ...clean, PATH: `${bin}:${clean['PATH']}` };
});

afterEach(async () => {
  await runProgram(['stop'], env);
  home.remove();
});

function script(name: string, body: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(bin, name), 0o755);
}

const called = (base: string) => [
  'arg:-c',
  `arg:openai_base_url=${base}/v1`,
  'arg:exec',
  'arg:a  b',
];

describe('env makes codex work in that shell', () => {
  it.each([
    ['bash', 'eval $(lunaroute env); codex exec "a  b"'],
    ['bash', 'eval "$(lunaroute env)"; codex exec "a  b"'],
    ['zsh', 'eval $(lunaroute env); codex exec "a  b"'],
    ['dash', 'eval $(lunaroute env); codex exec "a  b"'],
    ['fish', 'lunaroute env | source; codex exec "a  b"'],
  ])('%s: %s', (shell, line) => {
    const ran = spawnSync(shell, ['-c', line], {
      env: { ...env, SHELL: `/usr/bin/${shell}` },
      encoding: 'utf8',
    });
    expect(ran.stdout.trim().split('\n')).toEqual(called(`http://127.0.0.1:${port}`));
    expect(ran.status).toBe(7);
  });

  it('also where codex is an alias already, and under set -eu', () => {
    const line =
      'shopt -s expand_aliases\nalias codex="codex exec"\nset -eu\neval $(lunaroute env)\ncodex "a  b"';
    const ran = spawnSync('bash', ['-c', line], {
      env: { ...env, SHELL: '/bin/bash' },
      encoding: 'utf8',
    });
    expect(ran.stdout.trim().split('\n')).toEqual(called(`http://127.0.0.1:${port}`));
  });
});

describe('run', () => {
  it('gives codex its option and returns its exit code', async () => {
    const ran = await runProgram(['run', '--', 'codex', 'exec', 'a  b'], env);
    expect(ran.stdout.trim().split('\n')).toEqual(called(`http://127.0.0.1:${port}`));
    expect(ran.code).toBe(7);
  });

  it('sets the environment; a signal’s end is a shell’s exit code', async () => {
    const ran = await runProgram(['run', '--', 'claude'], env);
    expect(ran.stdout).toBe(`base:http://127.0.0.1:${port}\n`);
    expect(ran.code).toBe(143);
  });

  it('says when there is no such client', async () => {
    const ran = await runProgram(['run', '--', 'no-such-client'], env);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('cannot run no-such-client: no such command');
  });
});

describe('setup codex', () => {
  const text = '# mine\nmodel = "gpt-5"\n\n[tools]\nweb_search = true\n';
  let file: string;

  beforeEach(() => {
    mkdirSync(join(home.path, '.codex'));
    file = join(home.path, '.codex/config.toml');
    writeFileSync(file, text, { mode: 0o640 });
  });

  it('shows what it would change and changes nothing without a yes', async () => {
    const { code, stdout, stderr } = await runProgram(['setup', 'codex'], env);
    expect([code, readFileSync(file, 'utf8')]).toEqual([1, text]);
    expect(stdout).toContain(`+ openai_base_url = "http://127.0.0.1:${port}/v1"`);
    expect(stderr).toContain('was not changed');
  });

  it('adds the line, keeps a copy, and --undo gives the file back', async () => {
    expect((await runProgram(['setup', 'codex', '--yes'], env)).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(
      `openai_base_url = "http://127.0.0.1:${port}/v1" # lunaroute setup codex\n${text}`,
    );
    const copies = readdirSync(join(home.path, '.codex')).filter((name) => name.includes('backup'));
    expect(copies.map((name) => readFileSync(join(home.path, '.codex', name), 'utf8'))).toEqual([
      text,
    ]);
    const again = await runProgram(['setup', 'codex', '--json'], env);
    expect(JSON.parse(again.stdout)).toMatchObject({ changed: false, file });
    expect((await runProgram(['setup', 'codex', '--undo', '--yes'], env)).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('makes the file where there is none', async () => {
    const elsewhere = { ...env, CODEX_HOME: join(home.path, 'other') };
    expect((await runProgram(['setup', 'codex', '-y'], elsewhere)).code).toBe(0);
    expect(existsSync(join(home.path, 'other/config.toml'))).toBe(true);
  });
});
