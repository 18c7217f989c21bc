// Starts the processes that a benchmark run compares: provider, pipes, nginx, LunaRoute.
import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TmuxTerminal } from './tui/tmux-control.ts';

export interface Target {
  readonly name: string;
  readonly port: number;
  /** null for `direct`: the provider is not what is measured. */
  readonly pid: number | null;
}

export interface LunaRouteTarget extends Target {
  readonly pid: number;
  readonly home: string;
  /** Bytes on their way to the recorder. */
  queueBytes(): Promise<number>;
}

export interface LunaRouteOptions {
  readonly args?: readonly string[];
  /** Lines of YAML under session_recording. */
  readonly recording?: string;
  readonly withScreen?: boolean;
}

const here = fileURLToPath(new URL('.', import.meta.url));
const LAUNCHER = join(here, '../bin/lunaroute.cjs');

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

function get(port: number, path: string): Promise<string | null> {
  return new Promise((resolve) => {
    http
      .get({ port, host: '127.0.0.1', path, agent: false }, (res) => {
        let text = '';
        res.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        res.on('end', () => resolve(res.statusCode === 200 ? text : null));
      })
      .on('error', () => resolve(null));
  });
}

async function untilAnswers(port: number, path: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if ((await get(port, path)) !== null) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing answered ${path} on port ${port}`);
}

/** null where nginx is neither installed nor installable. */
function nginxBinary(): string | null {
  const find = (): string | null => {
    try {
      return execFileSync('sh', ['-c', 'command -v nginx || ls /usr/sbin/nginx'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    } catch {
      return null;
    }
  };
  const found = find();
  if (found !== null || process.getuid?.() !== 0) return found;
  try {
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'nginx'], {
      stdio: 'ignore',
    });
  } catch {
    return null;
  }
  return find();
}

export class Targets {
  readonly #ends: (() => Promise<void> | void)[] = [];
  readonly #upstreamPort: number;

  private constructor(upstream: ChildProcess, port: number) {
    this.#endWith(upstream);
    this.#upstreamPort = port;
  }

  static async start(): Promise<Targets> {
    const [child, port] = await forkServer('upstream.ts', []);
    return new Targets(child, port);
  }

  direct(): Target {
    return { name: 'direct', port: this.#upstreamPort, pid: null };
  }

  async pipe(name: string, file: string): Promise<Target> {
    const [child, port] = await forkServer(file, [String(this.#upstreamPort)]);
    this.#endWith(child);
    return { name, port, pid: child.pid ?? 0 };
  }

  /** null where there is no nginx. */
  async nginx(): Promise<Target | null> {
    const binary = nginxBinary();
    if (binary === null) return null;
    const port = await freePort();
    const folder = this.#folder();
    const config = join(folder, 'nginx.conf');
    writeFileSync(config, nginxConfig(folder, port, this.#upstreamPort));
    const child = spawn(binary, ['-c', config, '-p', folder], { stdio: 'ignore' });
    this.#endWith(child);
    await untilAnswers(port, '/healthz');
    return { name: 'nginx', port, pid: child.pid ?? 0 };
  }

  /** The built program with a data folder of its own. */
  async lunaroute(name: string, options: LunaRouteOptions = {}): Promise<LunaRouteTarget> {
    const home = this.#folder();
    const [port, metrics, ui] = [await freePort(), await freePort(), await freePort()];
    mkdirSync(join(home, '.lunaroute'), { recursive: true });
    const config = join(home, 'config.yaml');
    writeFileSync(config, lunarouteConfig({ metrics, ui, upstream: this.#upstreamPort, options }));
    const args = ['--config', config, '--port', String(port), ...(options.args ?? [])];
    const env = { ...process.env, HOME: home, LUNAROUTE_HOME: home };
    const pid = options.withScreen
      ? this.#inTerminal(args, home)
      : this.#inBackground([...args, '--headless'], env);
    await untilAnswers(port, '/healthz');
    return { name, port, pid, home, queueBytes: () => queueBytes(metrics) };
  }

  async stop(): Promise<void> {
    for (const end of this.#ends.toReversed()) await end();
  }

  #inBackground(args: readonly string[], env: NodeJS.ProcessEnv): number {
    const child = spawn(process.execPath, [LAUNCHER, ...args], {
      stdio: 'ignore',
      env,
    });
    this.#endWith(child);
    return child.pid ?? 0;
  }

  #inTerminal(args: readonly string[], home: string): number {
    const socket = `bench-${process.pid}-${this.#ends.length}`;
    const size = { columns: 120, rows: 40 };
    const command = `exec env HOME=${home} LUNAROUTE_HOME=${home} TERM=xterm-256color ${process.execPath} ${LAUNCHER} ${args.join(' ')}`;
    const terminal = new TmuxTerminal(socket, size, command);
    this.#ends.push(() => terminal.stop());
    return terminal.pid();
  }

  #folder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'lunaroute-bench-'));
    // Pushed before the process that uses it, and ends run from the last to the first.
    this.#ends.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    return folder;
  }

  #endWith(child: ChildProcess): void {
    this.#ends.push(async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    });
  }
}

async function queueBytes(metricsPort: number): Promise<number> {
  const text = (await get(metricsPort, '/metrics')) ?? '';
  return Number(/^lunaroute_recorder_queue_bytes (\d+)/m.exec(text)?.[1] ?? Number.NaN);
}

interface ConfigInput {
  readonly metrics: number;
  readonly ui: number;
  readonly upstream: number;
  readonly options: LunaRouteOptions;
}

function lunarouteConfig({ metrics, ui, upstream, options }: ConfigInput): string {
  const recording = options.recording ? `session_recording:\n${options.recording}\n` : '';
  return `metrics: {enabled: true, port: ${metrics}}
ui: {port: ${ui}}
providers: {anthropic: {base_url: "http://127.0.0.1:${upstream}"}}
${recording}`;
}

/** One process, streaming both ways, as one would run it in front of a provider. */
function nginxConfig(folder: string, port: number, upstreamPort: number): string {
  return `daemon off; master_process off; pid ${folder}/nginx.pid; error_log /dev/null;
events { worker_connections 1024; }
http {
  access_log off; client_max_body_size 0; client_body_buffer_size 2m;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  keepalive_requests 1000000;
  upstream provider { server 127.0.0.1:${upstreamPort}; keepalive 128; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${port};
    location = /healthz { return 200; }
    location / {
      proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_buffering off; proxy_request_buffering off;
    }
  }
}
`;
}
