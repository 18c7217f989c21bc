/**
 * `lunaroute stop`: asks our server to end and waits until it has. Signals a process only when the
 * record and the server's own answer agree that it is ours.
 */
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../core/errors.ts';
import { findServer, isAlive } from '../background/find-server.ts';
import { readServerRecord, type ServerRecord } from '../background/server-record.ts';
import type { Invocation } from '../context.ts';
import { loadFor } from '../load-config.ts';

/** Draining takes up to 10 s, flushing up to 5. */
const PATIENCE_MS = 20_000;
const POLL_MS = 40;

export async function runStop(invocation: Invocation): Promise<number> {
  const { config, dataDir } = loadFor(invocation);
  const found = await findServer(dataDir, config.host, config.port);
  switch (found.kind) {
    case 'ours':
      await stopServer(found.record);
      return report(invocation, `stopped (pid ${found.record.pid})`, true);
    case 'none':
      return report(invocation, `no LunaRoute runs on port ${config.port}`, false);
    case 'other':
      throw new UserError(
        `the LunaRoute on port ${config.port} (pid ${found.listener.pid}) is not of ${dataDir}`,
        { hint: 'stop it where it was started, or with its LUNAROUTE_HOME' },
      );
    case 'foreign':
      throw new UserError(`port ${config.port} is taken by another program, nothing was stopped`);
    case 'silent':
      throw new UserError(
        `pid ${found.record.pid} does not answer, so it may be another program; it was left alone`,
        { hint: `look at it with: ps -p ${found.record.pid}` },
      );
  }
}

function report({ context, isJson }: Invocation, text: string, stopped: boolean): number {
  if (isJson) context.print.json({ stopped });
  else context.print.line(text);
  return 0;
}

async function stopServer(record: ServerRecord): Promise<void> {
  process.kill(record.pid, 'SIGTERM');
  const patience = AbortSignal.timeout(PATIENCE_MS);
  while (hasNotEnded(record)) {
    if (patience.aborted) {
      throw new UserError(`pid ${record.pid} has not ended within ${PATIENCE_MS / 1000} s`, {
        hint: `end it at once: kill -9 ${record.pid}`,
      });
    }
    await sleep(POLL_MS);
  }
}

/** The record goes last; a process nobody waits for stays visible as a zombie. */
function hasNotEnded({ pid, dataDir, port, instance }: ServerRecord): boolean {
  return isAlive(pid) && readServerRecord(dataDir, port)?.instance === instance;
}
