/** Where Codex keeps its configuration. */
import { join } from 'node:path';
import type { Context } from '../context.ts';

export function codexConfig({ env, homeDir }: Context): string {
  return join(env['CODEX_HOME'] || join(homeDir, '.codex'), 'config.toml');
}
