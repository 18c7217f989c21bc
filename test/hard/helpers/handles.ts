// What a running program holds: file handles by the kernel's count, and in each of its threads the
// timers, sockets and requests that live, by the garbage collector's (handle-probe.mjs).
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../helpers/program.ts';
import type { HardServer } from './hard-server.ts';

const PROBE = join(import.meta.dirname, 'handle-probe.mjs');
const PATIENCE_MS = 60_000;
/** Main, recorder and proxy. */
const THREADS = 3;

interface Handles {
  readonly files: number;
  readonly timers: number;
  readonly sockets: number;
  readonly requests: number;
  readonly resources: number;
}

/** Variables for a program whose handles are to be counted. */
export function probeEnv(folder: string): Record<string, string> {
  mkdirSync(folder, { recursive: true });
  return { NODE_OPTIONS: `--import=${PROBE}`, HANDLE_PROBE: folder };
}

export class HandleCounter {
  readonly #server: HardServer;
  readonly #folder: string;
  #asked = 0;

  constructor(server: HardServer, folder: string) {
    this.#server = server;
    this.#folder = folder;
  }

  /** Sums over all threads. */
  async count(): Promise<Handles> {
    this.#asked += 1;
    const asked = this.#asked;
    writeFileSync(join(this.#folder, `ask-${asked}`), '');
    const answers = await until(
      'every thread to count its handles',
      () => {
        const names = readdirSync(this.#folder).filter((name) =>
          new RegExp(`^${asked}-\\d+\\.json$`).test(name),
        );
        return names.length >= THREADS ? names : undefined;
      },
      PATIENCE_MS,
    );
    const held = answers.map(
      (name) =>
        JSON.parse(readFileSync(join(this.#folder, name), 'utf8')) as Omit<Handles, 'files'>,
    );
    const sum = (of: keyof Omit<Handles, 'files'>): number =>
      held.reduce((total, one) => total + one[of], 0);
    return {
      files: openFiles(this.#server.child.pid ?? 0),
      timers: sum('timers'),
      sockets: sum('sockets'),
      requests: sum('requests'),
      resources: sum('resources'),
    };
  }
}

function openFiles(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  return existsSync(folder) ? readdirSync(folder).length : 0;
}
