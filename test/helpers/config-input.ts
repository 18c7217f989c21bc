// A configuration in a temporary home: nothing of the real environment or home is read.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FlagValue, LoadInput } from '../../src/config/layers.ts';

export function configInput(options: {
  yaml?: string;
  env?: Record<string, string>;
  flags?: readonly FlagValue[];
}): LoadInput & { file: string } {
  const homeDir = mkdtempSync(join(tmpdir(), 'lunaroute-config-'));
  const file = join(homeDir, '.lunaroute', 'config.yaml');
  mkdirSync(join(homeDir, '.lunaroute'));
  if (options.yaml !== undefined) writeFileSync(file, options.yaml);
  return {
    env: options.env ?? {},
    homeDir,
    cwd: homeDir,
    configFlag: null,
    flags: options.flags ?? [],
    file,
  };
}
