/** Replaces a person's file: a copy beside it first, then all at once, its mode and links kept. */
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { replaceWhole, syncFile } from '../../files/whole-file.ts';

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** Gives the path of the copy; null when there was no file. `at`: epoch milliseconds, for its name. */
export function replaceFile(path: string, text: string, at: number): string | null {
  mkdirSync(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
  const isThere = existsSync(path);
  const target = isThere ? realpathSync(path) : path;
  const mode = isThere ? statSync(target).mode & 0o777 : PRIVATE_FILE;
  const backup = `${target}.backup-${new Date(at).toISOString().replace(/[-:.]/g, '')}`;
  if (isThere) copyFileSync(target, backup, constants.COPYFILE_EXCL);
  if (isThere) syncFile(backup);
  replaceWhole(target, text, mode);
  chmodSync(target, mode);
  return isThere ? backup : null;
}
