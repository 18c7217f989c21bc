/**
 * Starts the background server and waits until it answers. Two starts at the same moment are a race
 * for the port that one server wins; the other start then reuses the winner.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../core/errors.ts';
import { safeText } from '../../core/text.ts';
import type { Context } from '../context.ts';
import { type Found, findServer } from './find-server.ts';
import { logFile, logSize, openLogFile, readLog } from './log-file.ts';

export interface StartRequest {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** Flags of serve. */
  readonly words: readonly string[];
}

/** A server that answers, ours or another LunaRoute. */
export type Answering = Extract<Found, { kind: 'ours' | 'other' }>;

export interface Started {
  readonly server: Answering;
  /** This call started it; otherwise it was running already. */
  readonly isNew: boolean;
}

const START_TIMEOUT_MS = 20_000;
const POLL_MS = 40;
/** How long the winner of a race for the port may take to answer. */
const RACE_MS = 3000;
const SHOWN_LOG_BYTES = 2000;

/** Throws a UserError when the port is taken by another program, or the start fails. */
export async function ensureServer(context: Context, request: StartRequest): Promise<Started> {
  const found = await findServer(request.dataDir, request.host, request.port);
  if (found.kind === 'foreign') throw foreignListener(request);
  if (isAnswering(found)) return { server: found, isNew: false };

  const logStart = logSize(request.dataDir);
  const child = spawnServer(context, request);
  const server = await waitForAnswer(child, request);
  if (server === null) throw failedStart(request, logStart);
  const isNew = pidOf(server) === child.pid;
  // The loser of a race must not take the port when the winner is stopped.
  if (!isNew) child.kill();
  return { server, isNew };
}

export function pidOf(server: Answering): number {
  return server.kind === 'ours' ? server.record.pid : server.listener.pid;
}

function spawnServer(context: Context, { dataDir, words }: StartRequest): ChildProcess {
  const log = openLogFile(dataDir);
  try {
    const child = spawn(context.execPath, [context.script, 'serve', ...words], {
      cwd: context.cwd,
      env: context.env,
      detached: true,
      stdio: ['ignore', log, log],
      windowsHide: true,
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

async function waitForAnswer(
  child: ChildProcess,
  request: StartRequest,
): Promise<Answering | null> {
  let hasEnded = false;
  child.once('error', () => {
    hasEnded = true;
  });
  child.once('exit', () => {
    hasEnded = true;
  });
  const patience = AbortSignal.timeout(START_TIMEOUT_MS);
  let race: AbortSignal | null = null;
  while (!patience.aborted && !race?.aborted) {
    const found = await findServer(request.dataDir, request.host, request.port);
    // A server listens a moment before it writes its record: until then it looks like another's.
    const isOwn = found.kind === 'other' && found.listener.pid === child.pid;
    if (isAnswering(found) && !isOwn) return found;
    if (hasEnded && found.kind === 'foreign') return null;
    if (hasEnded) race ??= AbortSignal.timeout(RACE_MS);
    await sleep(POLL_MS);
  }
  if (!hasEnded) child.kill();
  return null;
}

function isAnswering(found: Found): found is Answering {
  return found.kind === 'ours' || found.kind === 'other';
}

function foreignListener({ host, port }: StartRequest): UserError {
  return new UserError(`port ${port} on ${host} is taken by another program`, {
    hint: 'choose another port: lunaroute env --port <number>',
  });
}

function failedStart({ dataDir }: StartRequest, logStart: number): UserError {
  const { bytes } = readLog(dataDir, logStart, SHOWN_LOG_BYTES);
  const said = safeText(new TextDecoder().decode(bytes).trim());
  const reason = said === '' ? 'it did not answer' : `it said:\n${said}`;
  return new UserError(`the server did not start; ${reason}`, {
    hint: `its log is ${logFile(dataDir)}`,
  });
}
