/** Makes sure that the data folder is there and private, before anything is written into it. */
import { chmodSync, mkdirSync, statSync } from 'node:fs';

/** Returns what a person should know about it; recording may fail, the proxy must not. */
export function prepareDataFolder(dataDir: string, platform: NodeJS.Platform): string | null {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const { mode } = statSync(dataDir);
    // Windows has no such bits.
    if (platform === 'win32' || (mode & 0o077) === 0) return null;
    chmodSync(dataDir, 0o700);
    return `${dataDir} was open to other users; now only you can read it`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `the data folder ${dataDir} cannot be used: ${reason}; set LUNAROUTE_HOME to another`;
  }
}
