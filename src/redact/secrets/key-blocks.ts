/**
 * Private keys in their PEM (or PGP) armour: from BEGIN to END, as lines, as one line with `\n`, or
 * as string literals joined by a program. A block whose end was cut off is taken as far as it looks
 * like base64. A mere mention of the BEGIN line is no key.
 */
import { matchesOf } from '../boundary.ts';
import { type Detector, type Finding, secret } from '../finding.ts';

/** Also where live text waits for the rest of a block. */
export const KEY_BLOCK_BEGIN = '-----BEGIN ';
const BEGIN = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
const END = '-----END ';
const END_LINE = /-----END [A-Z0-9 ]{1,48}-----/y;
const CHUNK = /(?:[^A-Za-z0-9+/=]|\\[nrt]){0,12}?[A-Za-z0-9+/=]{8,4096}/y;
/** The largest keys in use (RSA 16384) are 13 kB. */
export const MAX_BLOCK = 32_768;
const MIN_CONTENT = 40;

export function makeKeyBlockDetector(): Detector {
  return (text) => {
    if (!text.includes(KEY_BLOCK_BEGIN)) return [];
    const findings: Finding[] = [];
    let nextEnd = -2;
    for (const { index, 0: header } of matchesOf(BEGIN, text)) {
      const from = index + header.length;
      // Looked for again only when passed: many BEGINs with one far END stay linear.
      if (nextEnd !== -1 && nextEnd < from) nextEnd = text.indexOf(END, from);
      const end = closedEnd(text, from, nextEnd) ?? openEnd(text, from);
      if (end - from < MIN_CONTENT) continue;
      findings.push(secret('private-key', 'PRIVATE_KEY', { start: index, end }));
      BEGIN.lastIndex = end;
    }
    return findings;
  };
}

/** The end of the END line, when it belongs to this block. */
function closedEnd(text: string, from: number, nextEnd: number): number | null {
  if (nextEnd < 0 || nextEnd - from > MAX_BLOCK) return null;
  END_LINE.lastIndex = nextEnd;
  const match = END_LINE.exec(text);
  if (match === null || openEnd(text, from) - from < MIN_CONTENT) return null;
  return nextEnd + match[0].length;
}

/** As far as chunks of base64 follow each other. */
function openEnd(text: string, from: number): number {
  let at = from;
  const limit = from + MAX_BLOCK;
  for (;;) {
    CHUNK.lastIndex = at;
    const match = CHUNK.exec(text);
    if (match === null || match[0].includes('-----')) return at;
    at += match[0].length;
    if (at >= limit) return at;
  }
}
