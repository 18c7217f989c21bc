/** Writes a file as its chunks are made, and lets the program do other things in between. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** A screen that waits so long still feels prompt. */
const SLICE_MS = 20;

/**
 * The file must not exist yet; only its owner can read it. Gives its length in bytes. Throws the
 * system's error; then no half-written file is left.
 */
export async function writeChunks(
  path: string,
  chunks: Iterable<string | Uint8Array>,
): Promise<number> {
  const file = openSync(path, 'wx', 0o600);
  let bytes = 0;
  try {
    let sliceEnd = performance.now() + SLICE_MS;
    for (const chunk of chunks) {
      bytes += writeAll(file, chunk);
      if (performance.now() < sliceEnd) continue;
      await nextTurn();
      sliceEnd = performance.now() + SLICE_MS;
    }
    return bytes;
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/** The system may take less than it is given. */
function writeAll(file: number, chunk: string | Uint8Array): number {
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  let at = 0;
  while (at < bytes.length) at += writeSync(file, bytes, at);
  return bytes.length;
}
