// Installs the real clients at their pinned versions, once, outside of the project.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CLIENT_SCRIPTS, CLIENTS_DIR } from './clients.ts';

const CLIENTS = ['claude', 'codex', 'sdks', 'opencode'];

export default function setup(): void {
  const script = join(CLIENT_SCRIPTS, 'install.sh');
  if (!existsSync(script)) {
    throw new Error(
      `the clients' scripts are not in ${CLIENT_SCRIPTS}: set LUNAROUTE_CLIENT_SCRIPTS`,
    );
  }
  const missing = CLIENTS.filter((name) => !existsSync(join(CLIENTS_DIR, name, 'node_modules')));
  if (missing.length === 0) return;
  const { status } = spawnSync('bash', [script, ...missing], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`could not install ${missing.join(', ')}`);
}
