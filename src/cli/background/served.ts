/**
 * What the running server offers to clients, and how each is pointed at it: for `env` and `run`.
 * Starts the server when none runs.
 */
import type { LoadedConfig } from '../../config/load.ts';
import { UserError } from '../../core/errors.ts';
import { clientUrl } from '../address.ts';
import type { Invocation } from '../context.ts';
import { loadFor } from '../load-config.ts';
import type { Found } from './find-server.ts';
import { ensureServer, type Started } from './start-server.ts';

export interface Served {
  readonly url: string;
  readonly dialects: string;
  readonly providers: readonly { type: string; baseUrl: string }[];
  /** What clients must show; null: nothing. */
  readonly authToken: string | null;
}

export interface Serving {
  readonly started: Started;
  readonly served: Served;
}

/** The server of this configuration, started if need be. */
export async function serverFor(invocation: Invocation): Promise<Serving> {
  const { context, configFlags } = invocation;
  const loaded = loadFor(invocation);
  const { host, port } = loaded.config;
  if (port === 0) {
    throw new UserError('a fixed port is needed, not 0', { hint: 'leave --port away for 8081' });
  }
  const { dataDir } = loaded;
  const started = await ensureServer(context, { dataDir, host, port, words: configFlags.words });
  return { started, served: servedBy(started.server, loaded) };
}

export function variablesFor({ url, dialects, providers }: Served): Record<string, string> {
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

const CUSTOM_HEADERS = 'ANTHROPIC_CUSTOM_HEADERS';
const TOKEN_HEADER = 'x-lunaroute-token';

/**
 * variablesFor() and, where a token is asked for, the header that shows it: Claude Code sends the
 * lines of ANTHROPIC_CUSTOM_HEADERS. Those that are in `env` already are kept.
 */
export function clientVariables(
  served: Served,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const variables = variablesFor(served);
  if (served.authToken === null || served.dialects === 'openai') return variables;
  const others = (env[CUSTOM_HEADERS] ?? '')
    .split('\n')
    .filter((line) => line !== '' && !line.toLowerCase().startsWith(`${TOKEN_HEADER}:`));
  const lines = [...others, `${TOKEN_HEADER}: ${served.authToken}`];
  return { ...variables, [CUSTOM_HEADERS]: lines.join('\n') };
}

/** null when OpenAI's API is not served. */
export function codexBaseUrl({ url, dialects }: Served): string | null {
  return dialects === 'anthropic' ? null : `${url}/v1`;
}

/** What a server offers; where none of ours runs, what the configuration would start. */
export function servedBy(server: Found, { config }: LoadedConfig): Served {
  const authToken = config.server.auth_token ?? null;
  if (server.kind === 'ours') {
    const { host, port, dialects, providers } = server.record;
    return { url: clientUrl(host, port), dialects, providers, authToken };
  }
  // Nothing but the address is known of a server of another data folder: the own configuration
  // is the best guess.
  const providers = Object.values(config.providers)
    .filter(({ enabled }) => enabled)
    .map(({ type = '', base_url: baseUrl = '' }) => ({ type, baseUrl }));
  return {
    url: clientUrl(config.host, config.port),
    dialects: config.api_dialect,
    providers,
    authToken,
  };
}
