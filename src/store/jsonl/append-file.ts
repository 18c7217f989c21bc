/**
 * A file that only grows by whole lines. A write that fails half way (disk full) is taken back, so
 * that repeating it leaves neither a torn line nor a double one. O_APPEND keeps the lines of two
 * processes apart. Never rewrites what is there.
 */
import {
  closeSync,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  type Stats,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { openForWriting, refuseLink } from '../../files/links.ts';
import { cutTornLine } from './torn-line.ts';

const NOT_OWNER = 0o077;

export class AppendFile {
  readonly #fd: number;

  /** Creates the file (0600) and its folder (0700) as needed. Throws the system's error. */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    refuseLink(dirname(path));
    refuseLink(path);
    cutTornLine(path);
    this.#fd = openForWriting(path, 'append');
    if ((this.#stats().mode & NOT_OWNER) !== 0) fchmodSync(this.#fd, 0o600);
  }

  get isEmpty(): boolean {
    return this.#stats().size === 0;
  }

  /** Someone deleted the file: what is appended now would be seen by nobody. */
  get isDeleted(): boolean {
    return this.#stats().nlink === 0;
  }

  /** Appends all of `text` or, if it throws, none of it. */
  append(text: string): void {
    const bytes = Buffer.from(text);
    const before = this.#stats().size;
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#fd, bytes, written);
    } catch (error) {
      this.#takeBack(before, written);
      throw error;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Only when the end of the file is surely ours: another process may have appended meanwhile. */
  #takeBack(before: number, written: number): void {
    if (written > 0 && this.#stats().size === before + written) ftruncateSync(this.#fd, before);
  }

  #stats(): Stats {
    return fstatSync(this.#fd);
  }
}
