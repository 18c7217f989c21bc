/**
 * A file that changes when session files are deleted. A session's new lines say "as in that exchange"
 * about what its files already hold; after files have gone, also by another process, what is there
 * must be read anew, or lines would point at nothing.
 */
import { closeSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openForWriting } from '../../files/links.ts';

const NAME = '.deletions';
const MAX_BYTES = 64 * 1024;

/** One byte more each time: a disk's clock is too coarse to tell two marks apart. */
export function markDeletion(directory: string): void {
  const path = join(directory, NAME);
  const isLong = (statSync(path, { throwIfNoEntry: false })?.size ?? 0) >= MAX_BYTES;
  const fd = openForWriting(path, isLong ? 'truncate' : 'append');
  try {
    writeSync(fd, '.');
  } finally {
    closeSync(fd);
  }
}

/** Another text after each mark. Costs one look at a file's entry. */
export function deletionMark(directory: string): string {
  const stats = statSync(join(directory, NAME), { throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.mtimeMs} ${stats.size}`;
}
