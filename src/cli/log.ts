/**
 * What the server says about itself, by level, on stderr (its log file when it runs in the
 * background). Lines may hold foreign text, so each goes through safeText().
 */
import { safeText } from '../core/text.ts';
import type { Printer } from './print.ts';

const ORDER = ['error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof ORDER)[number];

export interface Log {
  readonly write: (level: LogLevel, message: string) => void;
  readonly shows: (level: LogLevel) => boolean;
}

export function makeLog(print: Printer, upTo: LogLevel): Log {
  const shows = (level: LogLevel): boolean => ORDER.indexOf(level) <= ORDER.indexOf(upTo);
  return {
    shows,
    write: (level, message) => {
      if (shows(level)) print.note(`${paint(print, level)}: ${safeText(message)}`);
    },
  };
}

function paint({ noteStyle }: Printer, level: LogLevel): string {
  if (level === 'error') return noteStyle.bad(level);
  return level === 'warn' ? noteStyle.warn('warning') : noteStyle.dim(level);
}
