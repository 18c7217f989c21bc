// Runs the built program as a user would: its own home folder, its own port, real signals.
import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const LAUNCHER = join(import.meta.dirname, '../../bin/lunaroute.cjs');

export interface ProgramResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TempHome {
  readonly path: string;
  remove(): void;
}

export function tempHome(): TempHome {
  const path = mkdtempSync(join(tmpdir(), 'lunaroute-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** The test's own variables only: a developer's LUNAROUTE_* or proxy settings must not leak in. */
export function cleanEnv(home: string, extra: Record<string, string> = {}): Record<string, string> {
  const path = process.env['PATH'] ?? '';
  return {
    PATH: path,
    HOME: home,
    LUNAROUTE_HOME: join(home, '.lunaroute'),
    NO_COLOR: '1',
    ...extra,
  };
}

export function runProgram(
  args: readonly string[],
  env: Record<string, string>,
  input?: string,
): Promise<ProgramResult> {
  const child = spawn(process.execPath, [LAUNCHER, ...args], { env, stdio: 'pipe' });
  return resultOf(child, input);
}

/** Feeds it, waits for its end, and gives what it said. */
export function resultOf(
  child: ChildProcessWithoutNullStreams,
  input?: string,
): Promise<ProgramResult> {
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => {
    stdout += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    stderr += data.toString();
  });
  child.stdin.end(input ?? '');
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** The hard tests' long form keeps a machine busy for an hour. */
const PATIENCE_MS = process.env['LUNAROUTE_HARD'] === 'long' ? 120_000 : 25_000;

/** Polls until `probe` gives something other than undefined; fails loudly with `what` after `ms`. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  ms = PATIENCE_MS,
): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`waited ${ms} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A starved machine takes its time, and nobody is the wiser for a test that does not wait. */
const START_PATIENCE_MS = 60_000;

export interface RunningServer {
  readonly port: number;
  readonly url: string;
  readonly child: ChildProcess;
  readonly env: Record<string, string>;
  output(): string;
  /** Sends the signal and waits for the end; gives the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** `lunaroute --headless` on a free port, ready to serve; `wrapper` is a command that becomes it. */
export async function startServer(
  env: Record<string, string>,
  args: readonly string[] = [],
  wrapper: readonly string[] = [],
): Promise<RunningServer> {
  const port = await freePort();
  const words = [
    ...wrapper,
    process.execPath,
    LAUNCHER,
    '--headless',
    '--port',
    `${port}`,
    ...args,
  ];
  const child = spawn(words[0] ?? process.execPath, words.slice(1), {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output += data.toString();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const url = `http://127.0.0.1:${port}`;
  await until(
    `the server (it said: ${output})`,
    async () => {
      if (child.exitCode !== null) throw new Error(`the server ended early: ${output}`);
      const answer = await fetch(`${url}/healthz`).catch(() => undefined);
      return answer?.ok ? true : undefined;
    },
    START_PATIENCE_MS,
  ).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  return {
    port,
    url,
    child,
    env,
    output: () => output,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Where the server's page is; it says so once it listens. */
export function pageOf(server: RunningServer): Promise<string> {
  return until('the address of the page', () => /Web page\s+(http\S+)/.exec(server.output())?.[1]);
}
