/**
 * Redacts the string values of JSON in place: keys, numbers and everything between stay byte for
 * byte, so the result is JSON again. Works on any range of a JSON text that does not cut a string.
 * Never recurses and builds no values: foreign JSON may be 100,000 levels deep.
 */
import { addRedactions, NO_REDACTIONS, type Redactions } from '../core/redactions.ts';
import type { RedactedText } from './redactor.ts';

export interface RedactedBytes {
  readonly bytes: Uint8Array;
  readonly redactions: Redactions;
}

/** What becomes of one string value; `literal` is its bytes with the quotes. Null: it stays. */
export type RewriteString = (literal: Uint8Array, key: string) => RedactedBytes | null;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
/** Quotes and fewer characters than any value has. */
const MIN_LITERAL = 7;
const MAX_KEY_BYTES = 128;

/** The same array when nothing was replaced. */
export function rewriteStrings(bytes: Uint8Array, rewrite: RewriteString): RedactedBytes {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pieces: Uint8Array[] = [];
  let redactions = NO_REDACTIONS;
  let copied = 0;
  let key = '';
  for (let open = buffer.indexOf(QUOTE); open >= 0; ) {
    const end = endOfString(buffer, open);
    if (isKey(buffer, end)) {
      key = end - open > MAX_KEY_BYTES ? '' : buffer.toString('latin1', open + 1, end - 1);
    } else if (end - open >= MIN_LITERAL) {
      const changed = rewrite(buffer.subarray(open, end), key);
      if (changed !== null) {
        pieces.push(buffer.subarray(copied, open), changed.bytes);
        redactions = addRedactions(redactions, changed.redactions);
        copied = end;
      }
    }
    open = buffer.indexOf(QUOTE, end);
  }
  if (pieces.length === 0) return { bytes, redactions };
  return { bytes: Buffer.concat([...pieces, buffer.subarray(copied)]), redactions };
}

/** One string literal, redacted; null when nothing was found in it. */
export function rewriteLiteral(
  literal: Uint8Array,
  redact: (value: string) => RedactedText,
): RedactedBytes | null {
  const buffer = Buffer.from(literal.buffer, literal.byteOffset, literal.byteLength);
  const value = buffer.includes(BACKSLASH)
    ? parsed(buffer)
    : buffer.toString('utf8', 1, buffer.length - 1);
  const { text, redactions } = redact(value);
  return text === value ? null : { bytes: Buffer.from(JSON.stringify(text)), redactions };
}

/** Index after the closing quote, or the end of the bytes. */
function endOfString(buffer: Buffer, open: number): number {
  for (let close = buffer.indexOf(QUOTE, open + 1); close >= 0; ) {
    let slashes = 0;
    while (buffer[close - 1 - slashes] === BACKSLASH && close - 1 - slashes > open) slashes += 1;
    if (slashes % 2 === 0) return close + 1;
    close = buffer.indexOf(QUOTE, close + 1);
  }
  return buffer.length;
}

/** A string is a key when a colon follows it. */
function isKey(buffer: Buffer, end: number): boolean {
  let at = end;
  while (at < buffer.length && isSpace(buffer[at])) at += 1;
  return buffer[at] === COLON;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** What JSON.parse refuses is looked at as it stands. */
function parsed(literal: Buffer): string {
  try {
    return String(JSON.parse(literal.toString('utf8')));
  } catch {
    return literal.toString('utf8', 1, literal.length - 1);
  }
}
