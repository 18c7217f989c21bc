// The test's side of pretence.ts: the variables that load it, and the clock that it obeys.
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../helpers/program.ts';

/** To be completed by what pretence.ts reads. */
export const PRETENCE: Readonly<Record<string, string>> = {
  NODE_OPTIONS: `--import=${join(import.meta.dirname, 'pretence.ts')} --disable-warning=ExperimentalWarning`,
};

/** Longest wait for what must happen; a slow machine is no failure. */
const PATIENCE_MS = 120_000;

export interface ProxyClock {
  readonly env: Readonly<Record<string, string>>;
  /** Lets the proxy's time pass, to so many milliseconds since its start; resolves when it has. */
  advanceTo(ms: number): Promise<void>;
  remove(): void;
}

export function makeProxyClock(): ProxyClock {
  const folder = mkdtempSync(join(tmpdir(), 'lunaroute-clock-'));
  const now = join(folder, 'now');
  return {
    env: { ...PRETENCE, PRETENCE_CLOCK: folder },
    advanceTo: async (ms) => {
      writeFileSync(join(folder, 'until.draft'), String(ms));
      renameSync(join(folder, 'until.draft'), join(folder, 'until'));
      const hasPassed = () => existsSync(now) && Number(readFileSync(now, 'utf8')) >= ms;
      await until(`the proxy's time to be ${ms}`, () => hasPassed() || undefined, PATIENCE_MS);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
