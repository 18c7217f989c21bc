/**
 * `lunaroute env`: makes sure a server runs and prints what points clients at it. stdout carries
 * nothing but assignments, and nothing at all on failure, because a shell evaluates it.
 */
import { UserError } from '../../core/errors.ts';
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
  explain(invocation, started, served, shell);
  return 0;
}

function shellOf({ option, context }: Invocation): Shell {
  const wanted = option('shell');
  return (
    SHELLS.find((shell) => shell === wanted) ?? guessShell(context.env['SHELL'], context.platform)
  );
}

/** Comments go to stderr: a person sees them, eval does not. */
function explain(
  { context, configFlags }: Invocation,
  { server, isNew }: Started,
  { url, authToken }: Served,
  shell: Shell,
): void {
  const { note } = context.print;
  const version = server.kind === 'ours' ? server.record.version : server.listener.version;
  note(
    `# LunaRoute ${version} ${isNew ? 'started' : 'is running'} on ${shownUrl(url)} (pid ${pidOf(server)})`,
  );
  if (!isNew && configFlags.words.length > 0) {
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
