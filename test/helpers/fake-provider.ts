// Starts shared/clients' fake provider when it is there (beside the project), for real clients' runs.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort, until } from './program.ts';

const SCRIPT = join(import.meta.dirname, '../../../shared/clients/fake-upstream.mjs');

export interface FakeProvider {
  readonly url: string;
  setMode(mode: string): Promise<void>;
  stop(): void;
  /** Ends the process itself, as `kill -9` does: the kernel cuts every connection. */
  kill(): Promise<void>;
}

export async function startFakeProvider(
  logFile: string,
  args: readonly string[] = [],
  onPort?: number,
): Promise<FakeProvider> {
  const port = onPort ?? (await freePort());
  const child: ChildProcess = spawn(
    process.execPath,
    [SCRIPT, '--port', String(port), '--log', logFile, ...args],
    { stdio: 'ignore' },
  );
  const url = `http://127.0.0.1:${port}`;
  await until('the fake provider', async () =>
    (await fetch(`${url}/__fake`).catch(() => undefined))?.ok ? true : undefined,
  );
  return {
    url,
    setMode: async (mode) => {
      await fetch(`${url}/__fake`, { method: 'POST', body: JSON.stringify({ mode }) });
    },
    stop: () => child.kill('SIGTERM'),
    kill: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
