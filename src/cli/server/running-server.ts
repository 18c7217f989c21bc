/**
 * The server as every command that runs one starts it: workers, recording, the UI port, and the
 * record by which other commands find it. Shows nothing.
 */
import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describeDiagnostic } from '../../config/diagnostics.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { proxyOptions, recorderOptions } from '../../config/options.ts';
import type { LiveSource, ServerFacts } from '../../core/live-source.ts';
import type { Records } from '../../web/server/records.ts';
import { startUiServer, type UiServer } from '../../web/server/ui-server.ts';
import { clientUrl } from '../address.ts';
import { writeServerRecord } from '../background/server-record.ts';
import type { Context } from '../context.ts';
import type { Log } from '../log.ts';
import { checkPatterns } from '../redaction.ts';
import { redactionKey } from '../redaction-key.ts';
import { Runtime } from '../runtime.ts';
import { localSource } from '../screen/local-source.ts';
import { VERSION } from '../version.ts';
import { watchCodexLogin } from './codex-login.ts';
import { prepareDataFolder } from './data-folder.ts';
import { startMetrics } from './metrics-host.ts';
import { startOtel } from './otel-host.ts';
import { listenProblem } from './port-in-use.ts';
import { ListenError } from './proxy-host.ts';
import { exposureBanner, exposureWarning, type Start } from './start-summary.ts';
import { uiRecords } from './ui-records.ts';
import { keepWarm } from './warm-up.ts';

export interface RunningServer {
  readonly runtime: Runtime;
  readonly start: Start;
  /** Resolves when the proxy cannot be kept alive. */
  readonly fatal: Promise<'fatal'>;
  readonly source: LiveSource;
}

/** Before any file is made: records hold everything that was said. */
export function guardFiles(): void {
  process.umask(0o077);
}

/** Throws a UserError when it cannot listen. */
export async function startServer(
  loaded: LoadedConfig,
  context: Context,
  log: Log,
): Promise<RunningServer> {
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
  const address = await listen(runtime, loaded);
  const start: Start = { loaded, proxy, recorder, address };
  followCodexLogins(runtime, start, context, log);
  await startMetrics(runtime, loaded, recorder, log);
  await startOtel(runtime, loaded);
  const source = await publish(runtime, start, context, log);
  return { runtime, start, fatal: fatal.promise, source };
}

function warnAtStart(
  { warnings, config, dataDir }: LoadedConfig,
  context: Context,
  log: Log,
): void {
  const exposure = exposureWarning(config);
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

/** Tells other processes that it runs, and lets them watch. */
async function publish(
  runtime: Runtime,
  start: Start,
  context: Context,
  log: Log,
): Promise<LiveSource> {
  const token = randomUUID();
  const facts = { ...factsOf(start, context), startedAt: context.now() };
  // The UI port is known only once it listens; until then nobody can ask.
  let source = localSource(runtime, facts);
  const records = uiRecords(start, () => source);
  const { recorder } = start;
  const ui = await listenForScreens(start, token, records, log);
  const uiUrl = ui === null ? null : clientUrl(ui.host, ui.port);
  source = localSource(runtime, { ...facts, uiUrl });
  announce(start, { facts: source.facts, token }, log);
  const endWarmUp = ui === null ? null : keepWarm(records.history, recorder.sqlitePath);
  runtime.onStop(() => {
    endWarmUp?.();
    ui?.close();
    records.close();
  });
  return source;
}

function followCodexLogins(runtime: Runtime, { proxy }: Start, { now }: Context, log: Log): void {
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

function factsOf(
  { proxy, recorder, address, loaded }: Start,
  { pid }: Context,
): Omit<ServerFacts, 'startedAt'> {
  return {
    version: proxy.version,
    pid,
    url: clientUrl(address.host, address.port),
    isRecording: recorder.sqlitePath !== null || recorder.jsonlDirectory !== null,
    exposure: exposureBanner(loaded.config),
    uiUrl: null,
  };
}

/** The proxy comes first: without this it runs all the same. */
async function listenForScreens(
  { loaded }: Start,
  token: string,
  records: Records,
  log: Log,
): Promise<UiServer | null> {
  const { ui, allowed_hosts: allowedHosts } = loaded.config;
  if (!ui.enabled) return null;
  try {
    const pageFolder = fileURLToPath(new URL('./web', import.meta.url));
    const { host, port, auth_token: authToken = null } = ui;
    const options = { host, port, allowedHosts, token, authToken, records, pageFolder };
    return await startUiServer(options);
  } catch (error) {
    log.write(
      'warn',
      `no other screen can attach: cannot listen on ${ui.host} port ${ui.port} (${String(error)})`,
    );
    return null;
  }
}

function announce(
  { proxy, recorder, address, loaded }: Start,
  { facts, token }: { facts: ServerFacts; token: string },
  log: Log,
): void {
  try {
    writeServerRecord({
      pid: facts.pid,
      host: address.host,
      port: address.port,
      instance: proxy.instanceId,
      startedAt: facts.startedAt,
      version: proxy.version,
      dataDir: loaded.dataDir,
      dialects: proxy.dialects,
      providers: proxy.providers.map(({ name, type, baseUrl }) => ({ name, type, baseUrl })),
      screen:
        facts.uiUrl === null ? null : { url: facts.uiUrl, token, sqlitePath: recorder.sqlitePath },
    });
  } catch (error) {
    log.write('warn', `status and stop will not find this server: ${String(error)}`);
  }
}
