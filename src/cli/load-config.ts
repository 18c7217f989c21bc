/** The configuration as a command line asks for it; one call for all commands. */
import type { LoadInput } from '../config/layers.ts';
import { type LoadedConfig, requireConfig } from '../config/load.ts';
import type { Invocation } from './context.ts';

export function loadInput({ context, configFlags }: Invocation): LoadInput {
  return {
    env: context.env,
    homeDir: context.homeDir,
    cwd: context.cwd,
    configFlag: configFlags.configFlag,
    flags: configFlags.flags,
  };
}

/** Throws a UserError that lists everything that is wrong. */
export function loadFor(invocation: Invocation): LoadedConfig {
  return requireConfig(loadInput(invocation));
}
