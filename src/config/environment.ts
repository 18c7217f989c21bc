/**
 * The environment variables that configure LunaRoute, each with the key it sets. The names are the
 * Rust original's; `_BASE_URL` is new. A `LUNAROUTE_*` variable that is not here is warned about,
 * since a mistyped one would otherwise do nothing in silence.
 */
import { nearest } from '../core/nearest.ts';
import type { Diagnostic } from './diagnostics.ts';
import type { Environment } from './paths.ts';

export interface VariableBinding {
  readonly variable: string;
  readonly path: readonly string[];
}

const GENERAL: readonly (readonly [variable: string, key: string])[] = [
  ['LUNAROUTE_HOST', 'host'],
  ['LUNAROUTE_PORT', 'port'],
  ['LUNAROUTE_AUTH_TOKEN', 'server.auth_token'],
  ['LUNAROUTE_DIALECT', 'api_dialect'],
  ['LUNAROUTE_LOG_LEVEL', 'logging.level'],
  ['LUNAROUTE_LOG_REQUESTS', 'logging.log_requests'],
  ['LUNAROUTE_UI_ENABLED', 'ui.enabled'],
  ['LUNAROUTE_UI_HOST', 'ui.host'],
  ['LUNAROUTE_UI_PORT', 'ui.port'],
  ['LUNAROUTE_UI_AUTH_TOKEN', 'ui.auth_token'],
  ['LUNAROUTE_ENABLE_SESSION_RECORDING', 'session_recording.enabled'],
  ['LUNAROUTE_ENABLE_SQLITE_WRITER', 'session_recording.sqlite.enabled'],
  ['LUNAROUTE_SESSIONS_DB_PATH', 'session_recording.sqlite.path'],
  ['LUNAROUTE_ENABLE_JSONL_WRITER', 'session_recording.jsonl.enabled'],
  ['LUNAROUTE_SESSIONS_DIR', 'session_recording.jsonl.directory'],
  ['LUNAROUTE_ENABLE_SECRET_REDACTION', 'session_recording.secrets.enabled'],
  ['LUNAROUTE_ENABLE_PII_REDACTION', 'session_recording.pii.enabled'],
  ['LUNAROUTE_PII_HMAC_SECRET', 'session_recording.pii.hmac_secret'],
];

const PER_PROVIDER: readonly (readonly [suffix: string, key: string])[] = [
  ['BASE_URL', 'base_url'],
  ['TIMEOUT_SECS', 'http_client.timeout_secs'],
  ['CONNECT_TIMEOUT_SECS', 'http_client.connect_timeout_secs'],
  ['POOL_MAX_IDLE', 'http_client.pool_max_idle_per_host'],
  ['POOL_IDLE_TIMEOUT_SECS', 'http_client.pool_idle_timeout_secs'],
  ['TCP_KEEPALIVE_SECS', 'http_client.tcp_keepalive_secs'],
  ['MAX_RETRIES', 'http_client.max_retries'],
];

/** Read before the configuration is loaded. */
export const EARLY_VARIABLES = ['LUNAROUTE_HOME', 'LUNAROUTE_CONFIG'];

export const VARIABLES: readonly VariableBinding[] = [
  ...GENERAL.map(([variable, key]) => ({ variable, path: key.split('.') })),
  ...['openai', 'anthropic'].flatMap((name) => [
    { variable: `${name.toUpperCase()}_API_KEY`, path: ['providers', name, 'api_key'] },
    ...PER_PROVIDER.map(([suffix, key]) => ({
      variable: `LUNAROUTE_${name.toUpperCase()}_${suffix}`,
      path: ['providers', name, ...key.split('.')],
    })),
  ]),
];

/** Variables that are set; an empty one counts as not set. */
export function setVariables(env: Environment): { binding: VariableBinding; text: string }[] {
  return VARIABLES.flatMap((binding) => {
    const text = env[binding.variable];
    return text ? [{ binding, text }] : [];
  });
}

/** A warning for every `LUNAROUTE_*` variable that means nothing. */
export function unknownVariables(env: Environment): Diagnostic[] {
  const known = [...EARLY_VARIABLES, ...VARIABLES.map(({ variable }) => variable)];
  return Object.keys(env)
    .filter((name) => name.startsWith('LUNAROUTE_') && !known.includes(name))
    .map((variable) => {
      const near = nearest(variable, known);
      return {
        severity: 'warning',
        source: { kind: 'environment', variable },
        key: '',
        message: `no such variable; it does nothing${near ? `. Did you mean ${near}?` : ''}`,
      };
    });
}
