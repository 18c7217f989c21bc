/**
 * `lunaroute env`: makes sure a server runs and prints what points clients at it. stdout carries
 * nothing but assignments, and nothing at all on failure, because a shell evaluates it.
 */
import type { LoadedConfig } from '../../config/load.ts';
import { UserError } from '../../core/errors.ts';
import { clientUrl, shownUrl } from '../address.ts';
import { evalLine, exportLine, guessShell, SHELLS, type Shell } from '../background/exports.ts';
import { type Answering, ensureServer, pidOf, type Started } from '../background/start-server.ts';
import type { Invocation } from '../context.ts';
import { loadFor } from '../load-config.ts';

interface Served {
  readonly url: string;
  readonly dialects: string;
  readonly providers: readonly { type: string; baseUrl: string }[];
}

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
  const { context, configFlags } = invocation;
  const loaded = loadFor(invocation);
  const { host, port } = loaded.config;
  if (port === 0) {
    throw new UserError('env needs a fixed port, not 0', { hint: 'leave --port away for 8081' });
  }
  const { dataDir } = loaded;
  const started = await ensureServer(context, { dataDir, host, port, words: configFlags.words });
  const served = servedBy(started.server, loaded);
  const variables = variablesFor(served);
  if (invocation.isJson) {
    context.print.json({ url: served.url, started: started.isNew, variables });
    return 0;
  }
  const shell = shellOf(invocation);
  for (const [name, value] of Object.entries(variables)) {
    context.print.line(exportLine(shell, name, value));
  }
  explain(invocation, started, served.url, shell);
  return 0;
}

function servedBy(server: Answering, { config }: LoadedConfig): Served {
  if (server.kind === 'ours') {
    const { host, port, dialects, providers } = server.record;
    return { url: clientUrl(host, port), dialects, providers };
  }
  // Nothing but the address is known of a server of another data folder: the own configuration
  // is the best guess.
  const providers = Object.values(config.providers)
    .filter(({ enabled }) => enabled)
    .map(({ type = '', base_url: baseUrl = '' }) => ({ type, baseUrl }));
  return { url: clientUrl(config.host, config.port), dialects: config.api_dialect, providers };
}

function variablesFor({ url, dialects, providers }: Served): Record<string, string> {
  const anthropic = providers.find(({ type }) => type === 'anthropic');
  const servesAnthropic = dialects !== 'openai';
  // Claude Code turns tool search off behind any proxy, and then sends every tool's definition with
  // every request; behind LunaRoute Anthropic's own API supports it as before.
  const isAnthropics = URL.parse(anthropic?.baseUrl ?? '')?.hostname === 'api.anthropic.com';
  return {
    ...(servesAnthropic && { ANTHROPIC_BASE_URL: url }),
    ...(dialects !== 'anthropic' && { OPENAI_BASE_URL: `${url}/v1` }),
    ...(servesAnthropic && isAnthropics && { ENABLE_TOOL_SEARCH: 'true' }),
  };
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
  url: string,
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
  note(`# Codex does not read OPENAI_BASE_URL: codex -c openai_base_url=${url}/v1`);
}
