// The background server: env starts or reuses it, status and stop know it, logs shows what it said.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  cleanEnv,
  freePort,
  LAUNCHER,
  type ProgramResult,
  runProgram,
  startServer,
  type TempHome,
  tempHome,
  until,
} from '../helpers/program.ts';

let home: TempHome;
let env: Record<string, string>;
let dataDir: string;
let port: string;

beforeEach(async () => {
  home = tempHome();
  env = cleanEnv(home.path);
  dataDir = join(home.path, '.lunaroute');
  port = String(await freePort());
});

afterEach(async () => {
  await run('stop');
  home.remove();
});

function run(...args: string[]): Promise<ProgramResult> {
  return runProgram([...args, '--port', port], env);
}

async function healthz(): Promise<Record<string, unknown>> {
  const response = await fetch(`http://127.0.0.1:${port}/healthz`);
  return JSON.parse(await response.text());
}

function occupy(): Promise<http.Server> {
  const server = http.createServer((_request, response) => response.end('not LunaRoute'));
  return new Promise((resolve) => server.listen(Number(port), '127.0.0.1', () => resolve(server)));
}

describe('env', () => {
  it('starts a server that survives, and prints nothing but exports', async () => {
    const first = await run('env', '--shell', 'bash');
    expect(first.code).toBe(0);
    expect(first.stdout.split('\n')).toEqual([
      `export ANTHROPIC_BASE_URL=http://127.0.0.1:${port};`,
      `export OPENAI_BASE_URL=http://127.0.0.1:${port}/v1;`,
      'export ENABLE_TOOL_SEARCH=true;',
      expect.stringMatching(/^if .*function codex .*openai_base_url=.*; fi;$/),
      '',
    ]);
    const said = first.stderr.trim().split('\n');
    expect(said).toHaveLength(4);
    expect(said[0]).toMatch(/^# LunaRoute .* started on http:.* passes every byte on/);
    expect(said[1]).toContain(`what it keeps is in ${dataDir}`);
    expect(said[2]).toContain('lunaroute run -- claude');
    expect(said[3]).toContain('lunaroute stop');
    const { pid } = await healthz();
    const second = await run('env', '--shell', 'bash');
    expect(second.stdout).toBe(first.stdout);
    expect(second.stderr).toContain(`is running on http://127.0.0.1:${port} (pid ${pid})`);
    expect((await healthz())['pid']).toBe(pid);
  });

  it('passes its flags on, and leaves tool search alone with another upstream', async () => {
    const flags = ['--anthropic-base-url', 'http://127.0.0.1:9', '--no-recording'];
    const { stdout } = await run('env', '--dialect', 'anthropic', ...flags, '--json');
    expect(JSON.parse(stdout)).toEqual({
      url: `http://127.0.0.1:${port}`,
      started: true,
      variables: { ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}` },
      codexBaseUrl: null,
    });
    const status = JSON.parse((await run('status', '--json')).stdout);
    expect(status).toMatchObject({
      running: true,
      kind: 'ours',
      record: { dialects: 'anthropic' },
    });
    expect(existsSync(join(dataDir, 'sessions.db'))).toBe(false);
  });

  it('two at the same moment end with one server and the same answer', async () => {
    const results = await Promise.all([run('env'), run('env'), run('env')]);
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(new Set(results.map(({ stdout }) => stdout)).size).toBe(1);
    const { pid } = await healthz();
    for (const { stderr } of results) expect(stderr).toContain(`(pid ${pid})`);
    // No loser waits for its turn.
    await run('stop');
    expect((await run('status')).code).toBe(1);
  });

  it('a foreign listener: no exports, exit 1, and how to go on', async () => {
    const server = await occupy();
    const result = await run('env');
    server.close();
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toContain(`port ${port} on 127.0.0.1 is taken by another program`);
    expect(result.stderr).toContain('lunaroute env --port');
    expect(existsSync(dataDir)).toBe(false);
  });

  it('a failed start says what the server said', async () => {
    const result = await run('env', '--host', '203.0.113.1', '--insecure');
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toContain('cannot listen on 203.0.113.1');
  });

  it('its files are private, whatever the umask was', async () => {
    const child = spawn(
      'sh',
      ['-c', `umask 000; exec "${process.execPath}" "${LAUNCHER}" env --port ${port}`],
      {
        env,
        stdio: 'ignore',
      },
    );
    await new Promise((resolve) => child.once('close', resolve));
    await until('the database', () => existsSync(join(dataDir, 'sessions.db')) || undefined);
    const files = readdirSync(dataDir, { recursive: true, encoding: 'utf8' });
    expect(files).toContain('server.log');
    for (const file of ['.', ...files]) {
      expect([file, statSync(join(dataDir, file)).mode & 0o077]).toEqual([file, 0]);
    }
  });

  it('survives the end of the terminal that started it', async () => {
    await run('env');
    const { pid } = await healthz();
    // The terminal's group gets SIGHUP; a detached server leads its own.
    const group = await new Promise<string>((resolve) => {
      const ps = spawn('ps', ['-o', 'pgid=', '-p', String(pid)]);
      ps.stdout.on('data', (data: Buffer) => resolve(data.toString().trim()));
      ps.once('error', () => resolve(String(pid)));
    });
    expect(Number(group)).toBe(pid);
  });
});

describe('status and stop', () => {
  it('follow the server through its life', async () => {
    expect(await run('status')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('not running'),
    });
    await run('env');
    const status = await run('status');
    expect(status.code).toBe(0);
    expect(status.stdout).toContain(`http://127.0.0.1:${port}`);
    const stopped = await run('stop', '--json');
    expect(JSON.parse(stopped.stdout)).toEqual({ stopped: true });
    expect(readdirSync(dataDir).filter((name) => name.startsWith('server-'))).toEqual([]);
    expect(await run('stop')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('no LunaRoute runs'),
    });
  });

  it('a server in the foreground is found and stopped, too', async () => {
    const server = await startServer(env);
    port = String(server.port);
    await until('its record', () => existsSync(join(dataDir, `server-${port}.json`)) || undefined);
    expect((await run('status')).code).toBe(0);
    expect((await run('stop')).code).toBe(0);
    const { child } = server;
    expect(await until('its end', () => child.exitCode ?? undefined)).toBe(0);
  });

  it('never touch what is not ours: a foreign listener, another data folder, a recycled pid', async () => {
    const foreign = await occupy();
    mkdirSync(dataDir, { recursive: true });
    const record = {
      pid: process.pid,
      host: '127.0.0.1',
      port: Number(port),
      instance: 'x',
      startedAt: 1,
      version: '1',
      dataDir,
      dialects: 'both',
      providers: [],
    };
    writeFileSync(join(dataDir, `server-${port}.json`), JSON.stringify(record));
    expect(await run('stop')).toMatchObject({ code: 1 });
    foreign.closeAllConnections();
    await new Promise((resolve) => foreign.close(resolve));
    // This test's own pid: a signal would end it.
    const silent = await run('stop');
    expect(silent.code).toBe(1);
    expect(silent.stderr).toContain('it was left alone');

    await run('env');
    const other = { ...env, LUNAROUTE_HOME: join(home.path, 'elsewhere') };
    const result = await runProgram(['stop', '--port', port], other);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('is not of');
    const reused = await runProgram(['env', '--port', port], other);
    expect(reused).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('ANTHROPIC_BASE_URL'),
    });
    expect((await run('status')).code).toBe(0);
  });

  it('a killed server leaves a record that the next start replaces', async () => {
    await run('env');
    const { pid } = await healthz();
    process.kill(Number(pid), 'SIGKILL');
    await until('its end', async () =>
      (await healthz().catch(() => null)) === null ? true : undefined,
    );
    expect((await run('status')).code).toBe(1);
    expect((await run('env')).code).toBe(0);
    expect((await healthz())['pid']).not.toBe(pid);
  });
});

describe('logs', () => {
  it('shows the end, and with -f what comes', async () => {
    expect(await runProgram(['logs'], env)).toMatchObject({ code: 1 });
    await run('env', '--log-requests');
    expect((await runProgram(['logs', '-n', '1'], env)).stdout).toContain('lunaroute stop');
    const json = JSON.parse((await runProgram(['logs', '--json'], env)).stdout);
    expect(json.lines.join('\n')).toContain(`http://127.0.0.1:${port}`);

    const follow = spawn(process.execPath, [LAUNCHER, 'logs', '-f'], { env });
    let seen = '';
    follow.stdout.on('data', (data: Buffer) => {
      seen += data.toString();
    });
    await until('the beginning', () => (seen.includes('Listening') ? true : undefined));
    const answer = await fetch(`http://127.0.0.1:${port}/v1/messages`, {
      method: 'OPTIONS',
      headers: { origin: 'http://evil' },
    });
    expect(answer.status).toBe(403);
    await run('stop');
    await run('env');
    await until('the second start', () =>
      seen.split('Listening').length === 3 ? true : undefined,
    );
    follow.kill('SIGINT');
    expect(await new Promise((resolve) => follow.once('close', resolve))).toBe(0);
  });
});

describe('serve on a taken port', () => {
  it('says that it is a LunaRoute, and which', async () => {
    await run('env');
    const { pid } = await healthz();
    const second = await run('serve');
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`already runs on port ${port} (pid ${pid})`);
    expect(second.stderr).toMatch(/lunaroute env.*lunaroute status.*lunaroute stop/);
    expect((await run('status')).code).toBe(0);
  });

  it('or another program, and which flag helps', async () => {
    const server = await occupy();
    const result = await run('serve');
    server.close();
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('taken by another program');
    expect(result.stderr).toContain('--port');
  });
});
