/** What the server says when it has started: where it listens, where it sends, what it records. Pure. */
import type { LoadedConfig } from '../../config/load.ts';
import { UserError } from '../../core/errors.ts';
import { isLoopbackHost } from '../../core/guard.ts';
import type { ProxyOptions, RecorderOptions } from '../../core/options.ts';
import { safeLine } from '../../core/text.ts';
import { clientUrl, shownUrl } from '../address.ts';
import { fileLink, type Style } from '../print.ts';

export interface Start {
  readonly loaded: LoadedConfig;
  readonly proxy: ProxyOptions;
  readonly recorder: RecorderOptions;
  readonly address: { readonly host: string; readonly port: number };
}

const DIALECTS = {
  both: 'OpenAI and Anthropic',
  openai: 'OpenAI',
  anthropic: 'Anthropic',
} as const;
const LABEL_WIDTH = 13;

/** @param uiUrl where browsers look; null when nothing listens there */
export function startSummary(start: Start, uiUrl: string | null, style: Style): string[] {
  const { proxy, address, loaded } = start;
  const url = safeLine(clientUrl(address.host, address.port));
  return [
    style.bold(`🌙 LunaRoute ${proxy.version}`),
    ...entry('Listening', [`${url}  (${DIALECTS[proxy.dialects]} API)`]),
    ...entry('Providers', providerLines(proxy)),
    ...entry('Recording', recordingLines(start.recorder, style)),
    ...(uiUrl === null ? [] : entry('Web page', pageLines(loaded, uiUrl, style))),
    ...entry('Config', [safeLine(loaded.file ?? 'defaults (no file)')]),
    ...entry('Use it', clientLines(proxy, url)),
    ...entry('Stop', ['Ctrl-C, or: lunaroute stop']),
  ];
}

function pageLines({ config }: LoadedConfig, url: string, style: Style): string[] {
  const signIn = 'sign in there with any name, and ui.auth_token as the password';
  return [style.link(safeLine(url), url), ...(config.ui.auth_token === undefined ? [] : [signIn])];
}

/**
 * A recorder of everything, open to the network: nobody should do that without knowing. Throws a
 * UserError when it would be open to everybody there and nobody said that it may.
 */
export function exposureWarning({ host, server }: LoadedConfig['config']): string | null {
  if (isLoopbackHost(host)) return null;
  if (server.auth_token !== undefined) {
    return (
      `listening on ${host}: whoever reaches this address and knows server.auth_token can use your ` +
      'providers; that token and all that is said travel unencrypted'
    );
  }
  if (server.insecure) {
    return (
      `INSECURE: listening on ${host} without server.auth_token: everyone who reaches this address can ` +
      'use your providers through it'
    );
  }
  throw new UserError(
    `listening on ${host} without a token would let everyone who reaches it use your providers`,
    {
      hint: 'set server.auth_token (LUNAROUTE_AUTH_TOKEN) to 16 characters or more, which clients show as x-lunaroute-token or as their API key; or use --host 127.0.0.1; or say --insecure',
    },
  );
}

/** The same in a few words, for as long as it runs. */
export function exposureBanner({ host, server }: LoadedConfig['config']): string | null {
  if (isLoopbackHost(host)) return null;
  return server.auth_token === undefined
    ? `INSECURE: open to all who reach ${host}`
    : `open to ${host} with a token`;
}

function entry(label: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `  ${(index === 0 ? label : '').padEnd(LABEL_WIDTH)}${line}`);
}

function providerLines({ providers }: ProxyOptions): string[] {
  const width = Math.max(...providers.map(({ name }) => name.length));
  return providers.map(({ name, baseUrl, proxyUrl }) => {
    const via = proxyUrl === null ? '' : ` via ${safeLine(shownUrl(proxyUrl))}`;
    return `${name.padEnd(width)} → ${safeLine(shownUrl(baseUrl))}${via}`;
  });
}

function recordingLines({ sqlitePath, jsonlDirectory }: RecorderOptions, style: Style): string[] {
  const lines = [
    ...(sqlitePath === null ? [] : [`SQLite ${safeLine(sqlitePath)}`]),
    ...(jsonlDirectory === null ? [] : [`JSONL ${fileLink(jsonlDirectory, style)}`]),
  ];
  return lines.length === 0 ? ['off'] : lines;
}

function clientLines({ dialects }: ProxyOptions, url: string): string[] {
  return [
    ...(dialects === 'openai' ? [] : [`ANTHROPIC_BASE_URL=${url} claude`]),
    ...(dialects === 'anthropic' ? [] : [`codex -c openai_base_url=${url}/v1`]),
  ];
}
