/**
 * A process that is killed in the middle of a write leaves half a line at the end of a file. This
 * cuts exactly that half line off, and never touches anything before it.
 */
import { closeSync, fstatSync, ftruncateSync, lstatSync, openSync, readSync } from 'node:fs';

const NEWLINE = 0x0a;
const BLOCK_BYTES = 64 * 1024;
/** Long enough for a living process to finish the write that we may have caught half way. */
const LIVE_WRITER_MS = 20;

/** Cuts a torn last line off; true when there was one. A missing file is fine; what a link leads to is left alone. */
export function cutTornLine(path: string): boolean {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  const fd = openSync(path, 'r+');
  try {
    const { size } = fstatSync(fd);
    const end = endOfLastLine(fd, size);
    if (end === size) return false;
    pause(LIVE_WRITER_MS);
    if (fstatSync(fd).size !== size) return false;
    ftruncateSync(fd, end);
    return true;
  } finally {
    closeSync(fd);
  }
}

/** Offset after the last newline; 0 when there is none. */
function endOfLastLine(fd: number, size: number): number {
  const block = Buffer.alloc(Math.min(BLOCK_BYTES, size));
  // The last byte alone answers for nearly every file.
  let length = Math.min(1, size);
  for (let end = size; end > 0; end -= length, length = Math.min(BLOCK_BYTES, end)) {
    readSync(fd, block, 0, length, end - length);
    const newline = block.subarray(0, length).lastIndexOf(NEWLINE);
    if (newline >= 0) return end - length + newline + 1;
  }
  return 0;
}

/** Blocks this thread, which has nothing else to do while it opens a file. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
