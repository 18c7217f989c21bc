// The test's side of saboteur.ts: a folder of wishes, and the variables that load it.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../helpers/program.ts';

const SABOTEUR = join(import.meta.dirname, 'saboteur.ts');
const ROLES = ['main', 'proxy', 'recorder'] as const;

export interface Measure {
  readonly heapUsed: number;
  readonly external: number;
  readonly arrayBuffers: number;
  /** Objects of each class; only with snapshots. */
  readonly classes?: Readonly<Record<string, number>>;
}

export interface Sabotage {
  readonly env: Record<string, string>;
  /** Adds to the time of day. */
  setClock(ms: number): void;
  /** The thread ends by itself; resolves when it has got the wish. */
  die(role: 'proxy' | 'recorder', how: string): Promise<void>;
  /** What the heap of each thread holds after a full collection. */
  measure(): Promise<Record<(typeof ROLES)[number], Measure>>;
  remove(): void;
}

export function makeSabotage(withSnapshots = false): Sabotage {
  const folder = mkdtempSync(join(tmpdir(), 'lunaroute-sabotage-'));
  let count = 0;
  const read = (id: string, role: string): Measure | undefined => {
    const file = join(folder, `measured-${id}-${role}.json`);
    if (!existsSync(file)) return undefined;
    const text = readFileSync(file, 'utf8');
    return text.endsWith('}') ? (JSON.parse(text) as Measure) : undefined;
  };
  const measured = (id: string, role: string) =>
    until(`the measure of ${role}`, () => read(id, role), 120_000);
  return {
    env: {
      HARD_SABOTAGE: folder,
      NODE_OPTIONS: `--import=${SABOTEUR} --disable-warning=ExperimentalWarning`,
      ...(withSnapshots && { HARD_SNAPSHOTS: '1' }),
    },
    setClock: (ms) => writeFileSync(join(folder, 'clock'), String(ms)),
    die: async (role, how) => {
      const file = join(folder, `die-${role}`);
      writeFileSync(`${file}.draft`, how);
      writeFileSync(file, how);
      await until(`${role} to get the wish`, () => (existsSync(file) ? undefined : true), 60_000);
    },
    measure: async () => {
      count += 1;
      const id = String(count);
      writeFileSync(join(folder, 'measure'), id);
      const [main, proxy, recorder] = await Promise.all(ROLES.map((role) => measured(id, role)));
      if (!main || !proxy || !recorder) throw new Error('a thread did not measure');
      return { main, proxy, recorder };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
