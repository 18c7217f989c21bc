/**
 * `lunaroute`: the server with its screen, or, where a LunaRoute already runs, a further screen of
 * that one. Without a terminal it serves without a screen and says so.
 */
import { UserError } from '../../core/errors.ts';
import { safeLine } from '../../core/text.ts';
import type { ScreenEnd } from '../../tui/mount.tsx';
import { THEMES, type ThemeName } from '../../tui/theme.ts';
import { findServer } from '../background/find-server.ts';
import { logFile } from '../background/log-file.ts';
import { readServerRecord, type ServerRecord } from '../background/server-record.ts';
import type { Context, Invocation, TerminalStreams } from '../context.ts';
import { loadFor } from '../load-config.ts';
import { pricerFor } from '../pricer.ts';
import { FileLog } from '../screen/file-log.ts';
import { openScreen } from '../screen/open-screen.ts';
import { attach } from '../screen/remote-source.ts';
import { type Companion, reasonWith } from '../server/companion.ts';
import { guardFiles, startServer } from '../server/running-server.ts';
import { type StopReason, shutDown, watchSignals } from '../server/shutdown.ts';
import { exposureWarning } from '../server/start-summary.ts';
import { checkForUpdate } from '../updates.ts';
import { runServe } from './serve.ts';

export async function runScreen(invocation: Invocation): Promise<number> {
  const { context, isHeadless, isJson } = invocation;
  const { terminal, print } = context;
  if (isHeadless || isJson) return await runServe(invocation);
  if (terminal === null) {
    print.note('no terminal here: running without the screen, as with --headless');
    return await runServe(invocation);
  }
  const { config, dataDir } = loadFor(invocation);
  const found = await findServer(dataDir, config.host, config.port);
  if (found.kind === 'ours') return await watch(found.record, invocation, terminal);
  return await serveWithScreen(invocation, terminal, null);
}

export async function serveWithScreen(
  invocation: Invocation,
  terminal: TerminalStreams,
  companion: Companion | null,
): Promise<number> {
  const { context } = invocation;
  guardFiles();
  const loaded = loadFor(invocation);
  const log = new FileLog(loaded.dataDir, loaded.config.logging.level, context.now);
  context.print.surviveClosedPipe();
  const signals = watchSignals(context);
  const server = await startServer(loaded, context, log);
  const { runtime, start, source, fatal } = server;
  const { sqlitePath } = start.recorder;
  // The screen says it, too; this line stays when the screen has gone.
  const exposure = exposureWarning(loaded.config);
  if (exposure !== null)
    context.print.note(`${context.print.noteStyle.warn('warning')}: ${exposure}`);
  const screen = await openScreen({
    ...terminal,
    context,
    source,
    sqlitePath,
    theme: themeOf(invocation),
    isAttached: false,
    price: pricerFor(invocation),
  });
  log.onLine = screen.toast;
  const hint = checkForUpdate(loaded, context);
  context.onUncaught((error) => screen.crash(error));
  const end = await reasonWith<StopReason | ScreenReason>(companion, server, [
    signals.first,
    fatal,
    screen.ended.then(reasonOf),
  ]);
  await screen.close();
  if (typeof end === 'object') reportCrash(end.error, logFile(loaded.dataDir), { context, log });
  log.printTo(context.print);
  if (hint !== null) context.print.note(hint);
  const reason = typeof end === 'object' ? 'crashed' : end;
  if (reason === 'quit-now') runtime.force();
  return await shutDown({ ...server, context, log, signals, reason });
}

type ScreenReason = 'quit' | 'quit-now' | 'SIGHUP' | { readonly error: Error };

function reasonOf(end: ScreenEnd): ScreenReason {
  switch (end.kind) {
    case 'quit':
      return end.how === 'now' ? 'quit-now' : 'quit';
    case 'terminal-gone':
      return 'SIGHUP';
    case 'crashed':
      return { error: end.error };
  }
}

/** A screen of a server in another process: leaving it leaves the server alone. */
async function watch(
  record: ServerRecord,
  invocation: Invocation,
  terminal: TerminalStreams,
): Promise<number> {
  const { context } = invocation;
  const { print } = context;
  const { screen: address } = record;
  if (address === null) {
    throw new UserError(
      `LunaRoute runs on port ${record.port} (pid ${record.pid}), without screens`,
      {
        hint: 'start it with ui.enabled: true, or choose another port: --port <number>',
      },
    );
  }
  print.surviveClosedPipe();
  const source = await attach(() => readServerRecord(record.dataDir, record.port)?.screen ?? null);
  const signals = watchSignals(context);
  const screen = await openScreen({
    ...terminal,
    context,
    source,
    sqlitePath: address.sqlitePath,
    theme: themeOf(invocation),
    isAttached: true,
    price: pricerFor(invocation),
  });
  screen.toast(`attached to the LunaRoute that already runs here (pid ${record.pid})`);
  context.onUncaught((error) => screen.crash(error));
  const end = await Promise.race([screen.ended.then(reasonOf), signals.first]);
  await screen.close();
  source.close();
  if (typeof end === 'object') {
    print.note(`the screen has failed: ${safeLine(end.error.stack ?? end.error.message)}`);
  }
  print.line(`LunaRoute goes on in the background (pid ${record.pid}); lunaroute stop ends it`);
  return typeof end === 'object' ? 1 : 0;
}

/** After the terminal is restored: what happened, and where more is. */
function reportCrash(
  error: Error,
  file: string,
  { context, log }: { context: Context; log: FileLog },
): void {
  log.write('error', `the screen has failed: ${error.stack ?? error.message}`);
  const { print } = context;
  print.note(`${print.noteStyle.bad('the screen has failed')}: ${safeLine(error.message)}`);
  print.note(`see ${safeLine(file)}; running requests may end, then LunaRoute stops`);
}

function themeOf({ context, option }: Invocation): ThemeName {
  const wanted = THEMES.find((name) => name === option('theme'));
  if (wanted !== undefined) return wanted;
  return context.print.hasColour ? 'dark' : 'none';
}
