/**
 * `lunaroute env`: makes sure a server runs and prints what points clients at it. stdout carries
 * nothing but assignments, and nothing at all on failure, because a shell evaluates it.
 */
import { existsSync } from 'node:fs';
import { UserError } from '../../core/errors.ts';
import { safeLine } from '../../core/text.ts';
import { shownUrl } from '../address.ts';
import {
  codexFunction,
  evalLine,
  exportLine,
  guessShell,
  SHELLS,
  type Shell,
} from '../background/exports.ts';
import { clientVariables, codexBaseUrl, type Served, serverFor } from '../background/served.ts';
import { pidOf, type Started } from '../background/start-server.ts';
import type { Invocation } from '../context.ts';
import { loadFor } from '../load-config.ts';

/** Whatever is wrong, also the usage: no exports and exit code 1. */
export async function runEnv(invocation: Invocation): Promise<number> {
  try {
    return await startAndExport(invocation);
  } catch (error) {
    if (!(error instanceof UserError) || error.exitCode === 1) throw error;
    throw new UserError(error.message, { hint: error.hint ?? '', cause: error });
  }
}

async function startAndExport(invocation: Invocation): Promise<number> {
  const { context } = invocation;
  const { dataDir } = loadFor(invocation);
  const isFirstRun = !existsSync(dataDir);
  const { started, served } = await serverFor(invocation);
  const variables = clientVariables(served, context.env);
  if (invocation.isJson) {
    context.print.json({
      url: served.url,
      started: started.isNew,
      variables,
      codexBaseUrl: codexBaseUrl(served),
    });
    return 0;
  }
  const shell = shellOf(invocation);
  for (const [name, value] of Object.entries(variables)) {
    context.print.line(exportLine(shell, name, value));
  }
  const codexUrl = codexBaseUrl(served);
  if (codexUrl !== null) context.print.line(codexFunction(shell, codexUrl));
  if (isFirstRun && served.authToken === null)
    introduce(invocation, started, { dataDir, url: served.url, shell });
  else explain(invocation, started, served, shell);
  return 0;
}

function shellOf({ option, context }: Invocation): Shell {
  const wanted = option('shell');
  return (
    SHELLS.find((shell) => shell === wanted) ?? guessShell(context.env['SHELL'], context.platform)
  );
}

/** The first time: what was started, where its data goes, how clients get there, how it ends. */
function introduce(
  { context, configFlags }: Invocation,
  started: Started,
  { dataDir, url, shell }: { dataDir: string; url: string; shell: Shell },
): void {
  const { note, isTerminal } = context.print;
  const command = ['lunaroute env', ...configFlags.words].join(' ');
  note(`# ${stateLine(started, url)}; it passes every byte on, untouched`);
  note(`# what it keeps is in ${safeLine(dataDir)}, for you alone, secrets masked`);
  note(
    isTerminal
      ? `# to use it: ${evalLine(shell, command)}, or: lunaroute run -- claude`
      : '# claude and codex of this shell use it now; elsewhere: lunaroute run -- claude',
  );
  note('# see it: lunaroute; stop it: lunaroute stop');
}

function stateLine({ server, isNew }: Started, url: string): string {
  const version = server.kind === 'ours' ? server.record.version : server.listener.version;
  const state = isNew ? 'started' : 'is running';
  return `LunaRoute ${version} ${state} on ${shownUrl(url)} (pid ${pidOf(server)})`;
}

/** Comments go to stderr: a person sees them, eval does not. */
function explain(
  { context, configFlags }: Invocation,
  started: Started,
  { url, authToken }: Served,
  shell: Shell,
): void {
  const { note } = context.print;
  note(`# ${stateLine(started, url)}`);
  if (!started.isNew && configFlags.words.length > 0) {
    note('# it keeps the settings it was started with; `lunaroute stop` first to change them');
  }
  // Seen on a terminal, the exports had no effect yet.
  if (context.print.isTerminal) {
    const command = ['lunaroute env', ...configFlags.words].join(' ');
    note(`# to use it: ${evalLine(shell, command)}`);
  }
  if (authToken !== null) {
    note(
      '# it asks for its token: Claude Code shows it now, other clients send it as their API key',
    );
  }
  note('# codex is a function of this shell now; for every shell: lunaroute setup codex');
}
