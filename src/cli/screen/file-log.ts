/**
 * The log while a screen is on the terminal: into server.log, never onto the screen's lines. The
 * screen shows warnings for a moment; once it is closed, lines go to stderr too, as they do without it.
 */
import { writeSync } from 'node:fs';
import { formatTime } from '../../core/format.ts';
import { safeText } from '../../core/text.ts';
import { boundLogFile, openLogFile } from '../background/log-file.ts';
import { type Log, type LogLevel, makeLog } from '../log.ts';
import type { Printer } from '../print.ts';

const ORDER: readonly LogLevel[] = ['error', 'warn', 'info', 'debug', 'trace'];
const CHECK_MS = 60_000;

export class FileLog implements Log {
  readonly #fd: number;
  readonly #upTo: LogLevel;
  readonly #now: () => number;
  /** Gets warnings and errors while the screen is open. */
  onLine: (line: string) => void = () => {};
  #printed: Log | null = null;

  constructor(dataDir: string, upTo: LogLevel, now: () => number) {
    this.#fd = openLogFile(dataDir);
    this.#upTo = upTo;
    this.#now = now;
    setInterval(() => boundLogFile(dataDir, this.#fd), CHECK_MS).unref();
  }

  readonly shows = (level: LogLevel): boolean => ORDER.indexOf(level) <= ORDER.indexOf(this.#upTo);

  readonly write = (level: LogLevel, message: string): void => {
    if (!this.shows(level)) return;
    this.#printed?.write(level, message);
    try {
      writeSync(this.#fd, `${formatTime(this.#now())} ${level}: ${safeText(message)}\n`);
    } catch {
      // A full disk must not end the server for want of a log line.
    }
    if (this.#printed === null && (level === 'warn' || level === 'error')) this.onLine(message);
  };

  /** The screen is closed. */
  printTo(print: Printer): void {
    this.#printed = makeLog(print, this.#upTo);
  }
}
