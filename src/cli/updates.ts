/**
 * Whether there is a newer LunaRoute. Nobody is asked unless `updates.check` is true; then the npm
 * registry, at most once a day, while the server starts in a terminal. What it said is kept in the data
 * folder and told at the next start. A failure is silent: it concerns nobody.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadedConfig } from '../config/load.ts';
import { isNewer } from '../core/versions.ts';
import type { Context } from './context.ts';
import { VERSION } from './version.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const TIMEOUT_MS = 5000;
const MAX_BYTES = 1_000_000;

interface Answer {
  /** Epoch milliseconds. */
  readonly askedAt: number;
  readonly latest: string;
}

/** For a server that starts: what to say now, or null. Asks anew in the background where that is due. */
export function checkForUpdate(loaded: LoadedConfig, context: Context): string | null {
  const { config, dataDir } = loaded;
  if (!config.updates.check || !context.print.isTerminal) return null;
  const answer = readAnswer(fileIn(dataDir));
  const isDue = answer === null || context.now() - answer.askedAt >= DAY_MS;
  if (isDue) void ask(config.updates.url, fileIn(dataDir), context.now());
  return updateHint(loaded, context);
}

/** What to say by what is known, or null. Asks nobody: a command must not wait for a registry. */
export function updateHint({ config, dataDir }: LoadedConfig, context: Context): string | null {
  if (!config.updates.check || !context.print.isTerminal) return null;
  const answer = readAnswer(fileIn(dataDir));
  if (answer === null || !isNewer(answer.latest, VERSION)) return null;
  return `LunaRoute ${answer.latest} is out (this is ${VERSION}): npm install --global lunaroute`;
}

function fileIn(dataDir: string): string {
  return join(dataDir, 'update-check.json');
}

function readAnswer(file: string): Answer | null {
  try {
    const { askedAt, latest } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Answer>;
    const isWhole = typeof askedAt === 'number' && typeof latest === 'string' && isVersion(latest);
    return isWhole ? { askedAt, latest } : null;
  } catch {
    return null;
  }
}

async function ask(url: string, file: string, askedAt: number): Promise<void> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = answer.ok ? await answer.text() : '';
    if (text.length > MAX_BYTES) return;
    const { version } = JSON.parse(text) as { version?: unknown };
    if (typeof version !== 'string' || !isVersion(version)) return;
    writeFileSync(file, JSON.stringify({ askedAt, latest: version }), { mode: 0o600 });
  } catch {
    // No network, no registry, no room: the next start asks again.
  }
}

/** Nothing else goes from the registry to the terminal. */
function isVersion(text: string): boolean {
  return /^\d{1,6}\.\d{1,6}\.\d{1,6}$/.test(text);
}
