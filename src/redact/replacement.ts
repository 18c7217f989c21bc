/** What stands in the place of a value that was found: mask, nothing, token or its last characters. */
import { createHmac } from 'node:crypto';
import type { RedactionMode } from '../core/options.ts';
import type { Finding } from './finding.ts';

const TOKEN_DIGITS = 8;

export interface ReplacementOptions {
  readonly mode: RedactionMode;
  readonly partialShowChars: number;
  readonly tokenKey: string;
}

export function replacementOf(
  value: string,
  finding: Finding,
  options: ReplacementOptions,
): string {
  switch (finding.mode ?? options.mode) {
    case 'mask':
      return finding.placeholder ?? `[${finding.type}]`;
    case 'remove':
      return '';
    case 'tokenize':
      return `[${finding.type}:${tokenOf(value, options.tokenKey)}]`;
    case 'partial':
      return `[${finding.type}:…${lastChars(value, options.partialShowChars)}]`;
  }
}

/** The same value under the same key gives the same token everywhere. */
function tokenOf(value: string, key: string): string {
  return createHmac('sha256', key).update(value).digest('hex').slice(0, TOKEN_DIGITS);
}

/** Never more than half: the last four of `a@b.de` would be nearly all of it. */
function lastChars(value: string, count: number): string {
  const shown = Math.min(count, Math.floor(value.length / 2));
  return shown === 0 ? '' : value.slice(-shown);
}
