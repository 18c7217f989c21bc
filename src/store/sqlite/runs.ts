/**
 * Which process recorded what, so that exchanges whose process died become `interrupted` at the next
 * start, while those of a second live LunaRoute on the same database are left alone. A wrong guess
 * mends itself: the end of an `interrupted` exchange, when it comes after all, replaces it.
 */
import { hostname, uptime } from 'node:os';
import type { Database } from '../database.ts';

interface RunRow {
  readonly run_key: number;
  readonly instance: string;
  readonly host: string;
  readonly pid: number;
  readonly started_at: number;
}

/** Enters this process, or finds its entry again. */
export function startRun(database: Database, instance: string, now: number): number {
  const existing = database
    .prepare<[string], { run_key: number }>(
      'SELECT run_key FROM runs WHERE instance = ? AND closed_at IS NULL',
    )
    .get(instance);
  if (existing !== undefined) return existing.run_key;
  const result = database
    .prepare<[string, string, number, number]>(
      'INSERT INTO runs (instance, host, pid, started_at) VALUES (?, ?, ?, ?)',
    )
    .run(instance, hostname(), process.pid, now);
  return Number(result.lastInsertRowid);
}

export function closeRun(database: Database, run: number, now: number): void {
  database.prepare('UPDATE runs SET closed_at = ? WHERE run_key = ?').run(now, run);
}

/** Closes the entries of dead processes. Other than `run`'s, only live ones stay open. */
export function closeDeadRuns(database: Database, run: number, now: number): void {
  const open = database
    .prepare<[number], RunRow>(
      'SELECT run_key, instance, host, pid, started_at FROM runs WHERE closed_at IS NULL AND run_key <> ?',
    )
    .all(run);
  for (const other of open) {
    if (!isAlive(other, now)) closeRun(database, other.run_key, now);
  }
}

function isAlive(run: RunRow, now: number): boolean {
  // Another host name: an earlier container on the same volume. Our own pid: ours is another entry.
  if (run.host !== hostname() || run.pid === process.pid) return false;
  // Process ids begin anew with the machine.
  const bootedAt = now - uptime() * 1000;
  return run.started_at >= bootedAt && processExists(run.pid);
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
