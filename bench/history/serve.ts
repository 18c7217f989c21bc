// The built program on a large history: the folder is filled once, or used as it is.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fillHistory, type HistorySize } from './fill.ts';

export interface HistoryServer {
  /** Where the page is. */
  readonly url: string;
  readonly pid: number;
  stop(): void;
}

/** @param keep the folder of a history that stays; null: one that goes with the server */
export async function serveHistory(keep: string | null, size: HistorySize): Promise<HistoryServer> {
  const home = mkdtempSync(join(tmpdir(), 'lunaroute-bench-web-'));
  const data = keep ?? join(home, '.lunaroute');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  if (!existsSync(join(data, 'sessions.db'))) {
    const now = Date.now();
    fillHistory(data, size, now);
    console.log(`history made in ${((Date.now() - now) / 1000).toFixed(1)} s`);
  }
  const server = spawn(
    process.execPath,
    ['bin/lunaroute.cjs', 'serve', '--port', String(await freePort())],
    {
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        LUNAROUTE_HOME: data,
        LUNAROUTE_UI_PORT: '0',
        NO_COLOR: '1',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let said = '';
  server.stdout.on('data', (text: Buffer) => {
    said += text.toString();
  });
  const stop = (): void => {
    server.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true });
  };
  for (;;) {
    const [, url] = /Web page +(http:\S+)/.exec(said) ?? [];
    // A file of an older version is brought to this one first.
    const isReady = url !== undefined && (await fetch(`${url}/api/v1/overview`)).ok;
    if (isReady) return { url, pid: server.pid ?? 0, stop };
    if (server.exitCode !== null) throw new Error(`the server ended: ${said}`);
    await sleep(100);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
