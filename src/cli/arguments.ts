/**
 * Parsers of option values. They throw commander's InvalidArgumentError, which becomes a usage error
 * (exit code 2) that names the option.
 */
import { InvalidArgumentError } from 'commander';
import { parseWhen, WHEN_FORMS } from '../core/when.ts';

const MAX_COUNT = 100_000;

/** A whole number from 1 up. */
export function parseCount(text: string): number {
  const count = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > MAX_COUNT) {
    throw new InvalidArgumentError(`expected a number from 1 to ${MAX_COUNT}`);
  }
  return count;
}

/** A whole number from 0 up. */
export function parseOffset(text: string): number {
  return text === '0' ? 0 : parseCount(text);
}

const UNITS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** `30m`, `2h`, `7d`, `1w` ago, or a date; epoch milliseconds. */
export function parseSince(text: string, now: number): number {
  const at = parseWhen(text, now);
  if (at === null) throw new InvalidArgumentError(`expected ${WHEN_FORMS}`);
  return at;
}

/** `12h`, `30d`, `8w` as a length of time; milliseconds. */
export function parseAge(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
  const unitMs = UNITS[unit];
  if (amount === undefined || unitMs === undefined || Number(amount) === 0) {
    throw new InvalidArgumentError('expected an age like 12h, 30d or 8w');
  }
  return Number(amount) * unitMs;
}

/** `20s`, `5m`, `1h` as a length of time; milliseconds. */
export function parseDuration(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,4})([smh])$/.exec(text) ?? [];
  const unitMs = unit === 's' ? 1000 : UNITS[unit];
  if (amount === undefined || unitMs === undefined || Number(amount) === 0) {
    throw new InvalidArgumentError('expected a time like 20s, 5m or 1h');
  }
  return Number(amount) * unitMs;
}

const SIZES: Readonly<Record<string, number>> = { kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 };

/** `500mb`, `2gb`; bytes, by the thousand as sizes are shown. */
export function parseSize(text: string): number {
  const [, amount, unit = ''] =
    /^(\d{1,6}(?:\.\d{1,3})?) ?([kmgt]b)$/.exec(text.toLowerCase()) ?? [];
  const factor = SIZES[unit];
  if (amount === undefined || factor === undefined || Number(amount) === 0) {
    throw new InvalidArgumentError('expected a size like 500mb or 2gb');
  }
  return Number(amount) * factor;
}
