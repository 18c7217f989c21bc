// Loaded into every thread of the built program (NODE_OPTIONS=--import): does, inside of it, what a
// test asks for by putting a file into the folder HARD_SABOTAGE. `clock`: milliseconds that are added
// to the time of day. `die-proxy`, `die-recorder`: that thread ends by itself. `measure`: each thread
// writes what its heap holds.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import v8 from 'node:v8';
import vm from 'node:vm';
import { isMainThread, workerData } from 'node:worker_threads';

const POLL_MS = 20;
const folder = process.env['HARD_SABOTAGE'] ?? '';
const role = isMainThread ? 'main' : roleOf(workerData);
let offset = 0;
let measured = '';

if (folder !== '') {
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...args: [] | [number]) {
      if (args.length === 0) super(RealDate.now() + offset);
      else super(...args);
    }
    static override now(): number {
      return RealDate.now() + offset;
    }
  } as DateConstructor;
  setInterval(look, POLL_MS).unref();
}

function roleOf(data: unknown): string {
  const options = { ...(data as { options?: object } | null)?.options };
  if ('providers' in options) return 'proxy';
  return 'sqlitePath' in options ? 'recorder' : 'other';
}

function look(): void {
  offset = Number(textOf('clock') ?? 0);
  const end = textOf(`die-${role}`);
  if (end !== null) {
    rmSync(join(folder, `die-${role}`), { force: true });
    die(end);
  }
  const wanted = textOf('measure');
  if (wanted !== null && wanted !== measured) {
    measured = wanted;
    measure(wanted);
  }
}

function textOf(name: string): string | null {
  const file = join(folder, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

function die(how: string): void {
  if (how === 'exit') process.exit(1);
  if (how === 'throw') throw new Error('sabotage');
  if (how === 'rejection') void Promise.reject(new Error('sabotage'));
  if (how === 'memory') {
    const hoard: unknown[] = [];
    for (;;) hoard.push(new Array(1000).fill({ hoard }));
  }
}

/** After a full collection: the heap's size, and what is on it. */
function measure(id: string): void {
  v8.setFlagsFromString('--expose-gc');
  const gc: unknown = vm.runInNewContext('gc');
  if (typeof gc === 'function') {
    gc();
    gc();
  }
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  if (process.env['HARD_SNAPSHOTS'] !== undefined) {
    v8.writeHeapSnapshot(join(folder, `${id}-${role}.heapsnapshot`));
  }
  const draft = join(folder, `draft-${id}-${role}`);
  writeFileSync(draft, JSON.stringify({ heapUsed, external, arrayBuffers }));
  renameSync(draft, join(folder, `measured-${id}-${role}.json`));
}
