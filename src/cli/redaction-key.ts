/**
 * This installation's key of redaction tokens: made once, readable by its owner only. Whoever has it
 * can check guesses against tokens, so it is never shown, and not part of a backup of the records.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWhole, replaceWhole } from '../files/whole-file.ts';

const FILE = 'redaction.key';
const KEY_BYTES = 32;
const KEY = /^[0-9a-f]{64}$/;

/**
 * The key, made now when there is none, or when the file holds none. Where it cannot be kept, a key
 * for this run: its tokens are then not those of the next run.
 */
export function redactionKey(dataDir: string): string {
  const file = join(dataDir, FILE);
  const known = read(file);
  if (known !== null) return known;
  const key = randomBytes(KEY_BYTES).toString('hex');
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    if (existsSync(file)) replaceWhole(file, `${key}\n`);
    else createWhole(file, `${key}\n`);
    return key;
  } catch {
    // Another process was faster, or the folder cannot be written.
    return read(file) ?? key;
  }
}

function read(file: string): string | null {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return KEY.test(text) ? text : null;
  } catch {
    return null;
  }
}
