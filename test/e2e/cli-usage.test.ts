// The command line as such: exit codes, what goes to which stream, and what is not loaded.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { cleanEnv, LAUNCHER, runProgram, tempHome } from '../helpers/program.ts';

const home = tempHome();
const env = cleanEnv(home.path);
afterAll(() => home.remove());

const { version } = JSON.parse(readFileSync(join(LAUNCHER, '../../package.json'), 'utf8'));

describe('exit codes', () => {
  it.each([
    [['--version'], 0],
    [['--help'], 0],
    [['env', '--help'], 0],
    [['config', 'check'], 0],
    [['status', '--port', '1'], 1],
    [['sessions', 'list'], 1],
    [['statz'], 2],
    [['--headless', 'statz'], 2],
    [['stats', '--wrong'], 2],
    [['serve', '--port', 'x'], 2],
    [['serve', '--dialect', 'x'], 2],
    [['serve', 'extra'], 2],
    [['serve', '--json'], 2],
    [['sessions'], 2],
    [['sessions', 'show'], 2],
    [['sessions', 'list', '--limit', '0'], 2],
    [['sessions', 'list', '--since', 'x'], 2],
    [['logs', '-f', '--json'], 2],
    [['env', '--prot', '1'], 1],
    [['env', '--port', 'x'], 1],
    [['env', '--shell', 'tcsh'], 1],
  ])('%j → %d, with errors on stderr only', async (args, code) => {
    const run = await runProgram(args, env);
    expect(run.code).toBe(code);
    const isFailure = code !== 0 && args[0] !== 'status';
    expect(run.stderr === '').toBe(!isFailure);
    if (isFailure) expect(run.stdout).toBe('');
  });

  it('a mistyped command or flag is answered with the right one', async () => {
    expect((await runProgram(['statz', '--limit', '5'], env)).stderr).toContain(
      'Did you mean stats?',
    );
    expect((await runProgram(['--prot', '1'], env)).stderr).toContain('Did you mean --port?');
  });

  it('errors of the configuration come all at once, with lines', async () => {
    const file = join(home.path, 'bad.yaml');
    writeFileSync(file, 'prot: 1\nhost: 5\n');
    for (const args of [['serve'], ['status'], ['config', 'check'], ['env']]) {
      const run = await runProgram([...args, '--config', file], env);
      expect(run.code).toBe(1);
      const text = run.stdout + run.stderr;
      expect(text).toContain(`${file}:1:1: error: prot: no such key. Did you mean port?`);
      expect(text).toContain(`${file}:2:1: error: host: expected text, not 5`);
      expect(run.stderr).not.toMatch(/\n\s+at /);
    }
  });

  it('config check --json is one document', async () => {
    const file = join(home.path, 'bad.yaml');
    writeFileSync(file, 'prot: 1\n');
    const run = await runProgram(['config', 'check', '--json', '--config', file], env);
    expect(run.code).toBe(1);
    expect(JSON.parse(run.stdout)).toMatchObject({
      valid: false,
      problems: [{ key: 'prot', source: { line: 1, column: 1 } }],
    });
  });
});

describe('config show', () => {
  it('tells every value, where it is from, and no secret', async () => {
    const file = join(home.path, 'config.yaml');
    writeFileSync(file, 'port: 9001\n');
    const run = await runProgram(['config', 'show', '--config', file, '--host', '127.0.0.2'], {
      ...env,
      ANTHROPIC_API_KEY: 'sk-ant-canary-0123456789-wxyz',
      OPENAI_API_KEY: 'short',
    });
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(new RegExp(`^port: 9001 +# ${file}:1:1$`, 'm'));
    expect(run.stdout).toMatch(/^host: "127.0.0.2" +# --host$/m);
    expect(run.stdout).toMatch(/^providers\.anthropic\.api_key: "…wxyz" +# ANTHROPIC_API_KEY$/m);
    expect(run.stdout).toMatch(/^providers\.openai\.http_client\.timeout_secs: 600 +# default$/m);
    expect(run.stdout).not.toMatch(/canary|short/);
  });

  it('--json and --explain', async () => {
    const json = await runProgram(['config', 'show', '--json'], env);
    const { values } = JSON.parse(json.stdout);
    expect(values).toContainEqual({
      key: 'port',
      value: 8081,
      source: 'default',
      help: 'Port to listen on; 0 takes any free one.',
    });
    const explained = await runProgram(['config', 'show', '--explain'], env);
    expect(explained.stdout).toContain('# Port to listen on; 0 takes any free one.\nport: 8081');
  });
});

describe('pipes', () => {
  it('a reader that has had enough is no error', async () => {
    const child = spawn(process.execPath, [LAUNCHER, 'config', 'show', '--explain'], { env });
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString();
    });
    child.stdout.destroy();
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, stderr]).toEqual([0, '']);
  });

  it('no colours without a terminal, colours when forced', async () => {
    const plain = { ...env, NO_COLOR: '' };
    expect((await runProgram(['config', 'check'], plain)).stdout).not.toContain('\u001b');
    const forced = await runProgram(['config', 'check'], { ...plain, FORCE_COLOR: '1' });
    expect(forced.stdout).toContain('\u001b[32mok');
    const refused = await runProgram(['config', 'check', '--no-color'], {
      ...plain,
      FORCE_COLOR: '1',
    });
    expect(refused.stdout).not.toContain('\u001b');
  });
});

/** Text that is in a bundle only when the library is; checked against a command that loads it. */
const MARKERS = {
  'better-sqlite3': /from"better-sqlite3"|from "better-sqlite3"/,
  undici: /UND_ERR_/,
  zod: /ZodError/,
  yaml: /YAMLParseError/,
  react: /react\.element|react\.transitional\.element/,
};

/** The files of dist/ that a run loads. */
function loadedFiles(args: readonly string[]): string[] {
  const report = `import { registerHooks } from 'node:module';
    registerHooks({ load(url, context, next) { process._rawDebug('LOADED ' + url); return next(url, context); } });`;
  const run = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(report)}`, LAUNCHER, ...args],
    { env, encoding: 'utf8' },
  );
  const urls = [...run.stderr.matchAll(/^LOADED (file:.*)$/gm)].map((match) => match[1] ?? '');
  return urls.filter((url) => url.includes('/dist/'));
}

function loadedText(args: readonly string[]): string {
  const files = loadedFiles(args);
  expect(files.length).toBeGreaterThan(0);
  return files.map((url) => readFileSync(fileURLToPath(url), 'utf8')).join('\n');
}

/** The one chunk whose name begins so. */
function bundleOf(name: string): string {
  const dist = join(LAUNCHER, '../../dist');
  const file = readdirSync(dist).find((candidate) => candidate.startsWith(name)) ?? '';
  return readFileSync(join(dist, file), 'utf8');
}

describe('lazy loading', () => {
  it('--version loads nothing of the program', () => {
    expect(loadedFiles(['--version'])).toEqual([]);
    expect(loadedFiles(['--help'])).not.toEqual([]);
  });

  it.each([[['--help']], [['serve', '--help']]])(
    '%j loads no database, network, configuration or UI library',
    (args) => {
      const text = loadedText(args);
      for (const marker of Object.values(MARKERS)) expect(text).not.toMatch(marker);
    },
  );

  it('the markers do find what is loaded', () => {
    const text = loadedText(['stats']);
    for (const name of ['better-sqlite3', 'zod', 'yaml'] as const) {
      expect(text).toMatch(MARKERS[name]);
    }
    expect(bundleOf('mount-')).toMatch(MARKERS.react);
    const proxy = readFileSync(join(LAUNCHER, '../../dist/proxy-worker.js'), 'utf8');
    expect(proxy).toMatch(MARKERS.undici);
  });

  it('prints the version of the package', async () => {
    expect((await runProgram(['-V'], env)).stdout).toBe(`${version}\n`);
  });
});
