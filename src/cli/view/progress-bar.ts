/** How far a long command is, with its rate and the time left: on stderr, where that is a terminal. */
import { formatBytes, formatDuration } from '../../core/format.ts';
import type { Printer } from '../print.ts';

export interface ProgressBar {
  readonly show: (progress: { readonly doneBytes: number; readonly totalBytes: number }) => void;
  readonly clear: () => void;
}

const WIDTH = 30;
const CLEAR_LINE = '\r\u001b[K';
/** Before that a rate says nothing. */
const MIN_MS = 500;

/** @param now milliseconds of a clock that only goes forward */
export function makeProgressBar(print: Printer, now: () => number): ProgressBar {
  const startedAt = now();
  let isShown = false;
  return {
    show: ({ doneBytes, totalBytes }) => {
      if (!print.isNoteTerminal || totalBytes === 0) return;
      isShown = true;
      print.raw(CLEAR_LINE + progressText(doneBytes, totalBytes, now() - startedAt), 'err');
    },
    clear: () => {
      if (isShown) print.raw(CLEAR_LINE, 'err');
    },
  };
}

/** `[######------]  40 %  12.0 MB of 30.0 MB  21.3 MB/s  1s left` */
export function progressText(doneBytes: number, totalBytes: number, elapsedMs: number): string {
  const share = Math.min(1, doneBytes / totalBytes);
  const filled = Math.round(share * WIDTH);
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}]`;
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  const sizes = `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`;
  if (elapsedMs < MIN_MS || doneBytes === 0) return [bar, percent, sizes].join('  ');
  const rate = `${formatBytes(Math.round((doneBytes / elapsedMs) * 1000))}/s`;
  const left = formatDuration(((totalBytes - doneBytes) / doneBytes) * elapsedMs);
  return [bar, percent, sizes, rate, `${left} left`].join('  ');
}
