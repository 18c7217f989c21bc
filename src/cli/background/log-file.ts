/**
 * server.log in the data folder: what a background server says. Opened for appending by the process
 * that starts the server, kept within a bound by the server itself, read by `logs` and by `env` when
 * a start fails.
 */
import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { openForWriting } from '../../files/links.ts';

/** A running server moves what is longer to server.log.1. */
export const MAX_LOG_BYTES = 10 * 1024 * 1024;

export function logFile(dataDir: string): string {
  return join(dataDir, 'server.log');
}

/** Opens the log for appending; creates the folder when it is missing. Throws a UserError. */
export function openLogFile(dataDir: string): number {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return openForWriting(logFile(dataDir), 'append');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`cannot write ${logFile(dataDir)}: ${reason}`, {
      hint: 'set LUNAROUTE_HOME to a folder that you can write to',
    });
  }
}

/** Bytes of the log now; 0 when there is none. */
export function logSize(dataDir: string): number {
  return statSync(logFile(dataDir), { throwIfNoEntry: false })?.size ?? 0;
}

/**
 * When `fd` (a server's stdout) is the log and the log has grown too long, moves its content to
 * server.log.1. The file is opened for appending by all its writers, so they go on at its new end.
 */
export function boundLogFile(dataDir: string, fd: number): void {
  const file = logFile(dataDir);
  const named = statSync(file, { throwIfNoEntry: false });
  const written = fstatSync(fd);
  const isLog = named !== undefined && named.ino === written.ino && named.dev === written.dev;
  if (!isLog || written.size <= MAX_LOG_BYTES) return;
  keepOldLog(file);
  ftruncateSync(fd, 0);
}

/** The log as it is now, as server.log.1: a copy, since its writers go on with the file. */
export function keepOldLog(file: string): void {
  rmSync(`${file}.1`, { force: true });
  copyFileSync(file, `${file}.1`, constants.COPYFILE_EXCL);
}

export interface LogPiece {
  readonly bytes: Uint8Array;
  /** Where the next piece begins. */
  readonly end: number;
}

/** At most `maxBytes` of the log from `from`; when there is more, its end. */
export function readLog(dataDir: string, from: number, maxBytes: number): LogPiece {
  const size = logSize(dataDir);
  const start = Math.max(from, size - maxBytes);
  if (size <= start) return { bytes: new Uint8Array(), end: from };
  const buffer = Buffer.alloc(size - start);
  const fd = openSync(logFile(dataDir), 'r');
  try {
    const count = readSync(fd, buffer, 0, buffer.length, start);
    return { bytes: buffer.subarray(0, count), end: start + count };
  } finally {
    closeSync(fd);
  }
}
