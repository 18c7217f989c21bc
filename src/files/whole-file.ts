/**
 * Files that are there whole or not at all, also after a power cut: written beside, brought to the
 * disk, then named. Never follows a link, neither in place of the file nor in place of what is beside.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';

const PRIVATE = 0o600;

/** Puts a file in the place of `path`. Throws the system's error; then what was there still is. */
export function replaceWhole(path: string, content: string | Uint8Array, mode = PRIVATE): void {
  const draft = writeDraft(path, content, mode);
  try {
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
  syncFolder(dirname(path));
}

/** Makes a file that is not there yet; throws EEXIST when it is, and the system's other errors. */
export function createWhole(path: string, content: string | Uint8Array, mode = PRIVATE): void {
  const draft = writeDraft(path, content, mode);
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!isWithoutLinks(error) || existsSync(path)) throw error;
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
  syncFolder(dirname(path));
}

/** A disk in the format of a camera has no second names: there a moment remains between look and name. */
function isWithoutLinks(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS';
}

/** Brings the names in a folder to the disk, where the system can. */
export function syncFolder(folder: string): void {
  // Windows opens no folders; its file system writes names in their order.
  if (process.platform === 'win32') return;
  sync(folder);
}

/** Brings a file's content to the disk. */
export function syncFile(path: string): void {
  sync(path);
}

function sync(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** By process, since two may write at once; what a killed one left under that name goes first. */
function writeDraft(path: string, content: string | Uint8Array, mode: number): string {
  const draft = `${path}.${process.pid}.new`;
  rmSync(draft, { force: true });
  const fd = openSync(draft, 'wx', mode);
  try {
    writeFileSync(fd, content);
    fsyncSync(fd);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
  return draft;
}
