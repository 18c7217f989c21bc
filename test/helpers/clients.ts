// Runs of the real clients against the fake provider, directly or through LunaRoute.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export const CLIENT_SCRIPTS =
  process.env['LUNAROUTE_CLIENT_SCRIPTS'] ?? join(import.meta.dirname, '../../../shared/clients');
export const CLIENTS_DIR =
  process.env['CLIENTS_DIR'] ?? join(homedir(), '.cache/lunaroute-clients');

export interface ClientRun {
  readonly code: number | null;
  readonly output: string;
}

/** `command` with the port it is to talk to. */
function runClient(
  command: readonly string[],
  env: Record<string, string> = {},
): Promise<ClientRun> {
  const [program = '', ...words] = command;
  const child = spawn(program, words, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      output += data.toString();
    });
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

export function claude(port: number, env: Record<string, string> = {}): Promise<ClientRun> {
  return runClient(['bash', join(CLIENT_SCRIPTS, 'run-claude.sh'), String(port)], env);
}

export function codex(port: number, env: Record<string, string> = {}): Promise<ClientRun> {
  return runClient(['bash', join(CLIENT_SCRIPTS, 'run-codex.sh'), String(port)], env);
}

export function sdks(port: number): Promise<ClientRun> {
  return runClient([process.execPath, join(CLIENT_SCRIPTS, 'run-sdks.mjs'), String(port)]);
}

/** OpenCode with one of its providers; `home` is its own. */
export function opencode(port: number, home: string, model: string): Promise<ClientRun> {
  const options = { baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'sk-lab-dummy' };
  const config = {
    autoupdate: false,
    share: 'disabled',
    permission: 'allow',
    provider: { anthropic: { options }, openai: { options } },
  };
  const flags = ['AUTOUPDATE', 'MODELS_FETCH', 'LSP_DOWNLOAD', 'DEFAULT_PLUGINS', 'SHARE'];
  const folders = ['DATA', 'CONFIG', 'CACHE', 'STATE'];
  return runClient(
    [
      join(CLIENTS_DIR, 'opencode/node_modules/.bin/opencode'),
      ...['run', '--pure', '-m', model, 'Run the lab command and tell me what it says.'],
    ],
    {
      HOME: home,
      OPENCODE_CONFIG_CONTENT: JSON.stringify(config),
      ...Object.fromEntries(flags.map((flag) => [`OPENCODE_DISABLE_${flag}`, '1'])),
      ...Object.fromEntries(folders.map((name) => [`XDG_${name}_HOME`, join(home, name)])),
    },
  );
}

/** One line of the fake provider's log. */
export interface Logged {
  readonly kind: string;
  readonly method?: string;
  readonly url?: string;
  readonly status?: number;
  readonly body?: { readonly type?: string; readonly generate?: boolean };
}

export function readLog(file: string): Logged[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

export function clearLog(file: string): void {
  writeFileSync(file, '');
}

/** What differs from run to run whoever carries the bytes. */
export function withoutChance(output: string, port: number): string {
  return output
    .replaceAll(String(port), 'PORT')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
    .replace(/(req|resp|msg|call|toolu|ctc|fc|rs)_[0-9a-f]{24}/g, '$1_ID')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/(?:home|work)-(?:codex|claude)\.\w+/g, 'FOLDER')
    .replace(/\b\d+(?:\.\d+)? ?(?:ms|s|seconds)\b/g, 'DURATION');
}

/** Sends what is meant for any provider to `url`. */
export function configureProviders(home: string, url: string): void {
  const providers = ['openai', 'anthropic', 'chatgpt'].map(
    (name) => `  ${name}: {base_url: "${url}"}`,
  );
  mkdirSync(join(home, '.lunaroute'), { recursive: true });
  writeFileSync(join(home, '.lunaroute/config.yaml'), `providers:\n${providers.join('\n')}\n`);
}
