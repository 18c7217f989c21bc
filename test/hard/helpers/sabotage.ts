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
    const measure = JSON.parse(readFileSync(file, 'utf8')) as Measure;
    const snapshot = join(folder, `${id}-${role}.heapsnapshot`);
    return withSnapshots ? { ...measure, classes: classesIn(snapshot) } : measure;
  };
  const measured = (id: string, role: string) =>
    until(`the measure of ${role}`, () => read(id, role), 120_000);
  return {
    env: {
      HARD_SABOTAGE: folder,
      // A small heap: a thread that dies of memory shall not take the machine's first.
      NODE_OPTIONS: `--import=${SABOTEUR} --disable-warning=ExperimentalWarning --max-old-space-size=400`,
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

/** How many objects of each class a heap snapshot holds. */
function classesIn(file: string): Record<string, number> {
  const { snapshot, nodes, strings } = JSON.parse(readFileSync(file, 'utf8')) as {
    snapshot: { meta: { node_fields: string[]; node_types: [string[]] } };
    nodes: number[];
    strings: string[];
  };
  rmSync(file);
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [typeAt, nameAt] = [fields.indexOf('type'), fields.indexOf('name')];
  const object = types[0].indexOf('object');
  const found: Record<string, number> = {};
  for (let at = 0; at < nodes.length; at += fields.length) {
    if (nodes[at + typeAt] !== object) continue;
    const name = strings[nodes[at + nameAt] ?? 0] ?? '';
    found[name] = (found[name] ?? 0) + 1;
  }
  return found;
}
