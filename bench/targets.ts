// Starts the processes that a benchmark run compares: provider, bare pipe, LunaRoute.
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Target {
  readonly name: string;
  readonly port: number;
}

const here = fileURLToPath(new URL('.', import.meta.url));

function forkServer(file: string, args: readonly string[]): Promise<[ChildProcess, number]> {
  const child = fork(join(here, 'servers', file), args);
  return new Promise((resolve, reject) => {
    child.once('message', (message) => {
      const port =
        typeof message === 'object' && message !== null && 'port' in message ? message.port : 0;
      resolve([child, Number(port)]);
    });
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function untilHealthy(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const ok = await new Promise<boolean>((resolve) => {
      http
        .get({ port, host: '127.0.0.1', path: '/healthz' }, (res) => {
          res.resume();
          resolve(res.statusCode === 200);
        })
        .on('error', () => resolve(false));
    });
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`LunaRoute did not answer on port ${port}`);
}

export class Targets {
  readonly #children: ChildProcess[] = [];
  readonly #folders: string[] = [];
  readonly #upstreamPort: number;

  private constructor(upstream: ChildProcess, port: number) {
    this.#children.push(upstream);
    this.#upstreamPort = port;
  }

  static async start(): Promise<Targets> {
    const [child, port] = await forkServer('upstream.ts', []);
    return new Targets(child, port);
  }

  direct(): Target {
    return { name: 'direct', port: this.#upstreamPort };
  }

  async pipe(): Promise<Target> {
    const [child, port] = await forkServer('pipe.ts', [String(this.#upstreamPort)]);
    this.#children.push(child);
    return { name: 'node:http pipe', port };
  }

  /** The built program, headless; `args` are further flags. */
  async lunaroute(name: string, args: readonly string[]): Promise<Target> {
    const port = await freePort();
    const home = mkdtempSync(join(tmpdir(), 'lunaroute-bench-'));
    this.#folders.push(home);
    const child = spawn(
      process.execPath,
      [join(here, '../bin/lunaroute.cjs'), '--headless', '--port', String(port), ...args],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: {
          ...process.env,
          LUNAROUTE_HOME: home,
          LUNAROUTE_ANTHROPIC_BASE_URL: `http://127.0.0.1:${this.#upstreamPort}`,
        },
      },
    );
    this.#children.push(child);
    await untilHealthy(port);
    return { name, port };
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#children.map((child) => {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        return child.exitCode === null ? ended : undefined;
      }),
    );
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }
}
