// Whole processes, from spawn to exit, beside a server that runs.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { median } from '../stats.ts';
import type { LunaRouteTarget } from '../targets.ts';

const LAUNCHER = join(import.meta.dirname, '../../bin/lunaroute.cjs');

export interface StartUp {
  readonly command: string;
  readonly milliseconds: number;
}

export function measureStartUp(target: LunaRouteTarget, times: number): StartUp[] {
  const commands: readonly (readonly string[])[] = [
    ['--version'],
    ['env', '--port', String(target.port), '--shell', 'bash'],
    ['sessions', 'list'],
  ];
  return commands.map((args) => ({
    command: args[0] === 'env' ? 'env' : args.join(' '),
    milliseconds: median(Array.from({ length: times }, () => once(target.home, args))),
  }));
}

function once(home: string, args: readonly string[]): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [LAUNCHER, ...args], {
    env: { ...process.env, HOME: home, LUNAROUTE_HOME: home },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`lunaroute ${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - began;
}
