/**
 * `lunaroute serve`: the proxy in the foreground until a signal asks it to stop. Stops accepting,
 * lets running exchanges end, writes everything, prints the statistics of the run. The display may
 * fail (closed terminal, closed pipe) without ending it.
 */
import process from 'node:process';
import type { LoadedConfig } from '../../config/load.ts';
import { UserError } from '../../core/errors.ts';
import { boundLogFile } from '../background/log-file.ts';
import type { Context, Invocation } from '../context.ts';
import { loadFor } from '../load-config.ts';
import { type Log, makeLog } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import { type Companion, reasonWith } from '../server/companion.ts';
import { RequestLog, requestLine } from '../server/request-log.ts';
import { guardFiles, startServer } from '../server/running-server.ts';
import { shutDown, watchSignals } from '../server/shutdown.ts';
import { startSummary } from '../server/start-summary.ts';
import { checkForUpdate } from '../updates.ts';

const LOG_CHECK_MS = 60_000;

export async function runServe(invocation: Invocation): Promise<number> {
  if (invocation.isJson)
    throw new UserError('serve prints no data, so --json means nothing', { exitCode: 2 });
  return await serveHeadless(invocation, null);
}

export async function serveHeadless(
  invocation: Invocation,
  companion: Companion | null,
): Promise<number> {
  const { context } = invocation;
  guardFiles();
  const loaded = loadFor(invocation);
  const log = makeLog(context.print, loaded.config.logging.level);
  context.print.surviveClosedPipe();
  context.onUncaught((error) => log.write('error', `unexpected: ${stackOf(error)}`));
  const signals = watchSignals(context);
  const server = await startServer(loaded, context, log);
  const { runtime, start, fatal } = server;
  if (log.shows('info')) {
    const { uiUrl } = server.source.facts;
    for (const line of startSummary(start, uiUrl, context.print.style)) context.print.line(line);
  }
  const hint = checkForUpdate(loaded, context);
  if (hint !== null) log.write('info', hint);
  showRequests(runtime, loaded, context, log);
  const reason = await reasonWith(companion, server, [signals.first, fatal]);
  return await shutDown({ ...server, context, log, signals, reason });
}

function showRequests(
  runtime: Runtime,
  { config, dataDir }: LoadedConfig,
  context: Context,
  log: Log,
): void {
  const { print } = context;
  const requests = new RequestLog(log, (request, end) => {
    if (config.logging.log_requests) print.line(requestLine(request, end, print.style));
  });
  runtime.bus.subscribe(requests.take);
  setInterval(() => boundLogFile(dataDir, process.stdout.fd), LOG_CHECK_MS).unref();
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
