// The tarball that npm would publish, and what npm says is in it.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

export interface Packed {
  readonly filename: string;
  /** Bytes of the tarball. */
  readonly size: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** `npm pack` with these arguments. */
export function npmPack(args: readonly string[]): Packed {
  const output = execFileSync('npm', ['pack', '--json', '--ignore-scripts', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  // An array until npm 11, an object by package name from npm 12 on.
  const packed = Object.values(JSON.parse(output) as Record<string, Packed>)[0];
  if (packed === undefined) throw new Error(`npm pack said ${output}`);
  return packed;
}
