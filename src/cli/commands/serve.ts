/**
 * `lunaroute serve`: the proxy in the foreground until a signal asks it to stop. Stops accepting,
 * lets running exchanges end, writes everything, prints the statistics of the run. The display may
 * fail (closed terminal, closed pipe) without ending it.
 */
import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { describeDiagnostic } from '../../config/diagnostics.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { proxyOptions, recorderOptions } from '../../config/options.ts';
import { UserError } from '../../core/errors.ts';
import { boundLogFile } from '../background/log-file.ts';
import { writeServerRecord } from '../background/server-record.ts';
import type { Context, Invocation } from '../context.ts';
import { loadFor } from '../load-config.ts';
import { type Log, makeLog } from '../log.ts';
import { checkPatterns } from '../redaction.ts';
import { redactionKey } from '../redaction-key.ts';
import { Runtime } from '../runtime.ts';
import { watchCodexLogin } from '../server/codex-login.ts';
import { prepareDataFolder } from '../server/data-folder.ts';
import { startMetrics } from '../server/metrics-host.ts';
import { startOtel } from '../server/otel-host.ts';
import { listenProblem } from '../server/port-in-use.ts';
import { ListenError } from '../server/proxy-host.ts';
import { RequestLog, requestLine } from '../server/request-log.ts';
import { shutDown, watchSignals } from '../server/shutdown.ts';
import { exposureWarning, type Start, startSummary } from '../server/start-summary.ts';
import { VERSION } from '../version.ts';

const LOG_CHECK_MS = 60_000;

export async function runServe(invocation: Invocation): Promise<number> {
  const { context, isJson } = invocation;
  if (isJson) throw new UserError('serve prints no data, so --json means nothing', { exitCode: 2 });
  // Before any file is made: records hold everything that was said.
  process.umask(0o077);
  const loaded = loadFor(invocation);
  const log = makeLog(context.print, loaded.config.logging.level);
  context.print.surviveClosedPipe();
  context.onUncaught((error) => log.write('error', `unexpected: ${stackOf(error)}`));
  warnAtStart(loaded, context, log);

  const fatal = Promise.withResolvers<'fatal'>();
  const identity = { version: VERSION, instanceId: randomUUID() };
  const proxy = proxyOptions(loaded.config, identity, context.env);
  const { config, dataDir } = loaded;
  const recorder = recorderOptions(config, dataDir, redactionKey(dataDir));
  await checkPatterns(recorder.redaction);
  const runtime = new Runtime({
    proxy,
    recorder,
    workers: {
      proxy: new URL('./proxy-worker.js', import.meta.url),
      recorder: new URL('./recorder-worker.js', import.meta.url),
    },
    log,
    onFatal: (message) => {
      log.write('error', message);
      fatal.resolve('fatal');
    },
  });
  const signals = watchSignals(context);
  const address = await listen(runtime, loaded);
  const start: Start = { loaded, proxy, recorder, address };
  announce(start, context, log);
  useCodexLogins(runtime, start, context, log);
  await startMetrics(runtime, loaded, recorder, log);
  await startOtel(runtime, loaded);
  showRequests(runtime, loaded, context, log);
  const reason = await Promise.race([signals.first, fatal.promise]);
  return await shutDown({ runtime, start, context, log, signals, reason });
}

function warnAtStart(
  { warnings, config, dataDir }: LoadedConfig,
  context: Context,
  log: Log,
): void {
  const exposure = exposureWarning(config.host);
  const folder = prepareDataFolder(dataDir, context.platform);
  for (const message of [...warnings.map(describeDiagnostic), exposure, folder]) {
    if (message !== null) log.write('warn', message);
  }
}

async function listen(runtime: Runtime, { config }: LoadedConfig): Promise<Start['address']> {
  try {
    return await runtime.start();
  } catch (error) {
    if (error instanceof ListenError) throw await listenProblem(error, config.host, config.port);
    throw error;
  }
}

/** Tells other commands (server record) and the person that it runs. */
function announce(start: Start, { print, pid, now }: Context, log: Log): void {
  const { proxy, address, loaded } = start;
  try {
    writeServerRecord({
      pid,
      host: address.host,
      port: address.port,
      instance: proxy.instanceId,
      startedAt: now(),
      version: proxy.version,
      dataDir: loaded.dataDir,
      dialects: proxy.dialects,
      providers: proxy.providers.map(({ name, type, baseUrl }) => ({ name, type, baseUrl })),
    });
  } catch (error) {
    log.write('warn', `status and stop will not find this server: ${String(error)}`);
  }
  if (!log.shows('info')) return;
  for (const line of startSummary(start, print.style)) print.line(line);
}

function useCodexLogins(runtime: Runtime, { proxy }: Start, { now }: Context, log: Log): void {
  for (const { name, codexAuth } of proxy.providers) {
    if (codexAuth === null) continue;
    watchCodexLogin(codexAuth, now, ({ login, problem }) => {
      runtime.setCodexLogin(name, login);
      log.write(
        problem === null ? 'debug' : 'warn',
        problem ?? `using the Codex login ${codexAuth}`,
      );
    });
  }
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
