/**
 * `lunaroute service install|uninstall`: runs the server from login on, by the service manager of this
 * machine (systemd, launchd). The flags given to install become those of the server.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { safeLine } from '../../core/text.ts';
import { logFile } from '../background/log-file.ts';
import type { Context, Invocation } from '../context.ts';
import { loadFor } from '../load-config.ts';
import { type ServiceManager, serviceManager } from '../service/manager.ts';

const PATH_FLAGS = ['--config', '--sessions-db', '--sessions-dir'];
const PLACES = ['LUNAROUTE_HOME', 'LUNAROUTE_CONFIG'];

export function runServiceInstall(invocation: Invocation): number {
  const { context, configFlags, option, isJson } = invocation;
  const { dataDir } = loadFor(invocation);
  const manager = serviceManager(context, logFile(dataDir));
  rejectPassing(context.script);
  const words = [
    context.execPath,
    context.script,
    'serve',
    ...absolute(configFlags.words, context.cwd),
  ];
  mkdirSync(dirname(manager.file), { recursive: true });
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(manager.file, manager.define({ words, variables: placesOf(context) }), {
    mode: 0o644,
  });
  const isStarted = option('start') !== false;
  // What is loaded already must go first, or launchd keeps the old one.
  if (isStarted && context.platform === 'darwin') runAll(manager.stop, context, 'any');
  if (isStarted) runAll(manager.start, context, manager);
  return report(invocation, isJson, manager, isStarted ? 'installed and started' : 'installed');
}

export function runServiceUninstall(invocation: Invocation): number {
  const { context, isJson } = invocation;
  const { dataDir } = loadFor(invocation);
  const manager = serviceManager(context, logFile(dataDir));
  const wasThere = existsSync(manager.file);
  if (wasThere) {
    runAll(manager.stop, context, 'any');
    rmSync(manager.file);
    runAll(manager.forget, context, 'any');
  }
  return report(
    invocation,
    isJson,
    manager,
    wasThere ? 'stopped and removed' : 'was not installed',
  );
}

/** A service starts in another folder. */
function absolute(words: readonly string[], cwd: string): string[] {
  return words.map((word, index) =>
    PATH_FLAGS.includes(words[index - 1] ?? '') && !word.startsWith('~')
      ? resolve(cwd, word)
      : word,
  );
}

function placesOf({ env, cwd }: Context): Record<string, string> {
  return Object.fromEntries(
    PLACES.flatMap((name) => {
      const value = env[name];
      return value ? [[name, value.startsWith('~') ? value : resolve(cwd, value)]] : [];
    }),
  );
}

/** npx keeps what it fetched only for a while: a service would find nothing there one day. */
function rejectPassing(script: string): void {
  if (!/[/\\]_npx[/\\]/.test(script)) return;
  throw new UserError('npx keeps LunaRoute only for a while, a service needs it installed', {
    hint: 'npm install --global lunaroute, then: lunaroute service install',
  });
}

/** Stops at the first command that fails, unless what they do may be done already. */
function runAll(
  commands: readonly (readonly string[])[],
  { env }: Context,
  whenFailed: ServiceManager | 'any',
): void {
  for (const [program = '', ...args] of commands) {
    const run = spawnSync(program, args, { env, encoding: 'utf8' });
    if (run.status === 0 || whenFailed === 'any') continue;
    const said = (run.error?.message ?? run.stderr).trim();
    throw new UserError(`${[program, ...args].join(' ')} failed: ${safeLine(said)}`, {
      hint: `${whenFailed.file} is written; run the command again once that is mended`,
    });
  }
}

function report(
  { context }: Invocation,
  isJson: boolean,
  { file, look }: ServiceManager,
  what: string,
): number {
  const { print } = context;
  if (isJson) print.json({ file, state: what });
  else print.line(`${what}: ${safeLine(file)}`);
  if (!isJson && what.startsWith('installed')) print.note(`how it is: ${look}`);
  return 0;
}
