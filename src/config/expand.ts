/**
 * `~` and `${VAR}` in values. `${VAR:-default}` stands for `default` when the variable is unset or
 * empty, as in a shell; an unset variable without default is reported, never replaced by nothing.
 */
import { type Environment, expandTilde } from './paths.ts';

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

export interface Expanded {
  readonly text: string;
  /** Variables that are not set and have no default. */
  readonly unset: readonly string[];
}

export function expandText(text: string, env: Environment, homeDir: string): Expanded {
  const unset: string[] = [];
  const expanded = text.replace(REFERENCE, (_match, name: string, fallback?: string) => {
    const value = env[name];
    if (value !== undefined && (value !== '' || fallback === undefined)) return value;
    if (fallback === undefined) unset.push(name);
    return fallback ?? '';
  });
  return { text: expandTilde(expanded, homeDir), unset };
}
