/**
 * The configuration cut into the plain slices that the workers receive: seconds become
 * milliseconds, megabytes bytes, providers a list. Nothing behind this point sees the whole Config.
 */
import { join } from 'node:path';
import type {
  PriceSources,
  ProviderOptions,
  ProxyOptions,
  RecorderOptions,
} from '../core/options.ts';
import type { RetentionOptions, StoreLimits } from '../core/retention.ts';
import type { Environment } from './paths.ts';
import { redactionOptions } from './redaction-options.ts';
import { BUILT_IN_PROVIDERS, type Config, type ProviderConfig } from './schema.ts';
import { upstreamProxy } from './upstream-proxy.ts';

const MEGABYTE = 1024 * 1024;
const DAY_MS = 86_400_000;

/** Bytes on their way to the recorder: enough for a burst of large requests, small beside a laptop's memory. */
const MAX_QUEUED_BYTES = 64 * MEGABYTE;

export interface Identity {
  readonly version: string;
  readonly instanceId: string;
}

/** Throws a UserError when HTTP(S)_PROXY is wrong. */
export function proxyOptions(config: Config, identity: Identity, env: Environment): ProxyOptions {
  return {
    host: config.host,
    port: config.port,
    version: identity.version,
    instanceId: identity.instanceId,
    dialects: config.api_dialect,
    providers: enabledProviders(config, env),
    routes: config.routes,
    bypass: config.bypass.enabled,
    allowedHosts: config.allowed_hosts,
    authToken: config.server.auth_token ?? null,
    maxBufferedBody: config.max_buffered_body_mb * MEGABYTE,
    maxQueuedBytes: MAX_QUEUED_BYTES,
  };
}

/** @param installationKey see redactionOptions() */
export function recorderOptions(
  config: Config,
  dataDir: string,
  installationKey: string,
): RecorderOptions {
  const recording = config.session_recording;
  const { enabled, sqlite, jsonl } = recording;
  return {
    sqlitePath: enabled && sqlite.enabled ? sqlite.path : null,
    jsonlDirectory: enabled && jsonl.enabled ? jsonl.directory : null,
    maxBodyBytes: recording.max_body_mb * MEGABYTE,
    redaction: redactionOptions(config, installationKey),
    prices: priceSources(config, dataDir),
    retention: retentionOptions(config),
  };
}

export function priceSources({ prices }: Config, dataDir: string): PriceSources {
  return {
    dataFile: join(dataDir, 'prices.json'),
    overrides: prices.map((price) => ({
      model: price.model,
      input: price.input,
      output: price.output,
      cacheRead: price.cache_read ?? null,
      cacheWrite: price.cache_write ?? null,
      cacheWrite1h: price.cache_write_1h ?? null,
      webSearch: price.web_search ?? null,
    })),
  };
}

export function retentionOptions({ session_recording: recording }: Config): RetentionOptions {
  const { sqlite, jsonl } = recording;
  return {
    sqlite: storeLimits(sqlite.retention),
    jsonl: {
      ...storeLimits(jsonl.retention),
      compressAfterMs: scaled(jsonl.retention.compress_after_days, DAY_MS),
    },
  };
}

function storeLimits(limits: Config['session_recording']['sqlite']['retention']): StoreLimits {
  return {
    maxAgeMs: scaled(limits.max_age_days, DAY_MS),
    maxBytes: scaled(limits.max_size_mb, MEGABYTE),
  };
}

function scaled(value: number | undefined, unit: number): number | null {
  return value === undefined ? null : value * unit;
}

function enabledProviders(config: Config, env: Environment): ProviderOptions[] {
  return Object.entries(config.providers)
    .filter(([, { enabled }]) => enabled)
    .map(([name, provider]) => providerOptions(name, provider, env));
}

function providerOptions(
  name: string,
  provider: ProviderConfig,
  env: Environment,
): ProviderOptions {
  // The loader has refused a provider without type; openai is what an unnamed API most often is.
  const type = provider.type ?? 'openai';
  const baseUrl = provider.base_url ?? BUILT_IN_PROVIDERS[type].base_url;
  const http = provider.http_client;
  return {
    name,
    type,
    baseUrl,
    apiKey: provider.api_key ?? null,
    auth: provider.auth,
    codexAuth: provider.codex_auth ?? null,
    timeoutMs: http.timeout_secs * 1000,
    connectTimeoutMs: http.connect_timeout_secs * 1000,
    poolMaxIdle: http.pool_max_idle_per_host,
    poolIdleTimeoutMs: http.pool_idle_timeout_secs * 1000,
    tcpKeepAliveMs: http.tcp_keepalive_secs * 1000,
    maxRetries: http.max_retries,
    proxyUrl: upstreamProxy(baseUrl, env),
  };
}
