// Starts shared/clients' fake provider when it is there (beside the project), for real clients' runs.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { freePort, until } from './program.ts';

const SCRIPT = join(import.meta.dirname, '../../../shared/clients/fake-upstream.mjs');

export interface FakeProvider {
  readonly url: string;
  setMode(mode: string): Promise<void>;
  stop(): void;
}

export async function startFakeProvider(
  logFile: string,
  args: readonly string[] = [],
): Promise<FakeProvider> {
  const port = await freePort();
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
  };
}
