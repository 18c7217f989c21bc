/**
 * Upkeep of the JSONL folder: compresses files after some days, deletes them by age and size, oldest
 * day first. A file's day is that of its folder. Files of today, which may be growing, and those of
 * pinned sessions stay. A generator: yields after each file, and while it compresses a long one.
 */
import { existsSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { JsonlLimits, PrunedFile } from '../../core/retention.ts';
import { markDeletion } from '../jsonl/deletion-mark.ts';
import { dateFolders, sessionFileName } from '../jsonl/file-name.ts';
import { packFile } from '../jsonl/packed-file.ts';

/** Also the unfinished one of a process that was killed while it compressed. */
const PACKED = /\.zst(?:\.tmp)?$/;
const SESSION_FILE = /\.jsonl(?:\.zst(?:\.tmp)?)?$/;

export interface JsonlUpkeep {
  readonly files: readonly PrunedFile[];
  readonly compressed: readonly PrunedFile[];
  readonly before: number;
  readonly after: number;
  readonly isTooLarge: boolean;
}

export interface JsonlTask {
  readonly directory: string;
  readonly limits: JsonlLimits;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly pinned: ReadonlySet<string>;
  readonly isDryRun: boolean;
}

interface SessionFile extends PrunedFile {
  readonly isPacked: boolean;
  readonly isPinned: boolean;
  /** When its day was over: epoch milliseconds. */
  readonly dayEnd: number;
  readonly changedAt: number;
}

export function* keepJsonl(task: JsonlTask): Generator<void, JsonlUpkeep> {
  const { limits, now } = task;
  const before = sizeOf(listFiles(task));
  const compressed = yield* compressFiles(task);
  const files = listFiles(task);
  const removable = files.filter((file) => file.dayEnd <= now && !file.isPinned);
  const { maxAgeMs } = limits;
  const old = removable.filter(({ dayEnd }) => maxAgeMs !== null && dayEnd < now - maxAgeMs);
  const rest = removable.filter((file) => !old.includes(file));
  const size = sizeOf(files) - sizeOf(old);
  const beyond = limits.maxBytes === null ? [] : oldestBeyond(rest, size - limits.maxBytes);
  const gone = [...old, ...beyond];
  if (!task.isDryRun) yield* deleteFiles(task.directory, gone);
  const after = size - sizeOf(beyond);
  return {
    files: gone.map(plain),
    compressed,
    before,
    after: task.isDryRun ? before : after,
    isTooLarge: limits.maxBytes !== null && after > limits.maxBytes,
  };
}

/** Deletes every file of these sessions, of today's too; what went. */
export function deleteSessionFiles(directory: string, ids: readonly string[]): PrunedFile[] {
  const names = new Set(ids.map(sessionFileName));
  const task = { directory, pinned: new Set<string>() };
  const files = listFiles(task).filter(({ path }) => names.has(plainName(path)));
  for (const _ of deleteFiles(directory, files));
  return files.map(plain);
}

function* deleteFiles(directory: string, files: readonly PrunedFile[]): Generator<void, void> {
  for (const { path } of files) {
    rmSync(path, { force: true });
    // Before the pause: the next lines must not build on what is no longer there.
    markDeletion(directory);
    yield;
  }
  if (files.length > 0) removeEmptyFolders(directory);
}

function* compressFiles(task: JsonlTask): Generator<void, PrunedFile[]> {
  const { compressAfterMs } = task.limits;
  const done: PrunedFile[] = [];
  if (compressAfterMs === null) return done;
  for (const file of listFiles(task)) {
    const isDue = file.dayEnd + compressAfterMs <= task.now && !file.isPacked && file.bytes > 0;
    if (isDue && (task.isDryRun || (yield* packFile(file.path)))) done.push(plain(file));
  }
  return done;
}

/** Oldest first, as many as hold `excess` bytes. */
function oldestBeyond(files: readonly SessionFile[], excess: number): SessionFile[] {
  const gone: SessionFile[] = [];
  for (let freed = 0, index = 0; freed < excess && index < files.length; index += 1) {
    const file = files[index];
    if (file === undefined) break;
    gone.push(file);
    freed += file.bytes;
  }
  return gone;
}

function listFiles({ directory, pinned }: Pick<JsonlTask, 'directory' | 'pinned'>): SessionFile[] {
  if (!existsSync(directory)) return [];
  const pinnedNames = new Set([...pinned].map(sessionFileName));
  return dateFolders(directory)
    .toReversed()
    .flatMap((folder) => filesOf(join(directory, folder), endOfDay(folder), pinnedNames));
}

function filesOf(folder: string, dayEnd: number, pinnedNames: ReadonlySet<string>): SessionFile[] {
  return readdirSync(folder)
    .filter((name) => SESSION_FILE.test(name))
    .flatMap((name) => {
      const path = join(folder, name);
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats === undefined) return [];
      return {
        path,
        bytes: stats.size,
        isPacked: !name.endsWith('.jsonl'),
        isPinned: pinnedNames.has(plainName(path)),
        dayEnd,
        changedAt: stats.mtimeMs,
      };
    })
    .sort((a, b) => a.changedAt - b.changedAt);
}

function plainName(path: string): string {
  return basename(path).replace(PACKED, '');
}

/** The next local midnight: also right on the days when the clocks change. */
function endOfDay(folder: string): number {
  const [year = 0, month = 1, day = 1] = folder.split('-').map(Number);
  return new Date(year, month - 1, day + 1).getTime();
}

function removeEmptyFolders(directory: string): void {
  for (const folder of dateFolders(directory)) {
    const path = join(directory, folder);
    try {
      if (readdirSync(path).length === 0) rmdirSync(path);
    } catch {
      // Another process has just written there, or removed it first.
    }
  }
}

function sizeOf(files: readonly PrunedFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

function plain({ path, bytes }: PrunedFile): PrunedFile {
  return { path, bytes };
}
