/**
 * Where LunaRoute keeps its things. The only place that knows the data folder's default name and
 * the meaning of `~`; the home folder and the environment are arguments, so tests never touch the
 * real ones.
 */
import { join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** `LUNAROUTE_HOME`, else `~/.lunaroute`. */
export function dataDirectory(env: Environment, homeDir: string): string {
  const configured = env['LUNAROUTE_HOME'];
  return configured ? expandTilde(configured, homeDir) : join(homeDir, '.lunaroute');
}

/** `~` and `~/x` of the own home; `~user` is left as it is. */
export function expandTilde(text: string, homeDir: string): string {
  if (text === '~') return homeDir;
  return /^~[/\\]/.test(text) ? join(homeDir, text.slice(2)) : text;
}
