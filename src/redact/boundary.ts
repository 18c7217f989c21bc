/**
 * Where a word begins and ends in text that may itself be escaped: JSON inside JSON (`\nsk-…`), URLs
 * (`%20sk-…`), coloured logs (`ESC[32msk-…`). A value right behind such an escape must be found, and
 * the middle of an id or a hash must not be taken for a value.
 */
const WORD = /\w/;
const LETTER_OF_ESCAPE = /[nrtbfv0]/;
const HEX = /^[0-9a-fA-F]+$/;
const COLOUR = /\[[\d;]{0,10}m$/;
const LONGEST_COLOUR = 12;

/** True when no word character stands before `at`, except as the end of an escape. */
export function startsWord(text: string, at: number): boolean {
  if (at === 0) return true;
  const before = text.charAt(at - 1);
  return !WORD.test(before) || endsEscape(text, at, before);
}

/** `\n`, `%20`, `\x1b`, `\u001b`, `ESC[32m`; looked for by places, since this is asked of every hit. */
function endsEscape(text: string, at: number, before: string): boolean {
  if (text.charAt(at - 2) === '\\') return LETTER_OF_ESCAPE.test(before);
  if (before === 'm') return COLOUR.test(text.slice(Math.max(0, at - LONGEST_COLOUR), at));
  if (text.charAt(at - 3) === '%') return HEX.test(text.slice(at - 2, at));
  if (text.charAt(at - 4) === '\\' && text.charAt(at - 3) === 'x') {
    return HEX.test(text.slice(at - 2, at));
  }
  const isUnicode = text.charAt(at - 6) === '\\' && text.charAt(at - 5) === 'u';
  return isUnicode && HEX.test(text.slice(at - 4, at));
}

/** True when no word character stands at `at`. */
export function endsWord(text: string, at: number): boolean {
  return at >= text.length || !WORD.test(text.charAt(at));
}

/** The text just before `at`, on the same line, lower case: for words that say what a number is. */
export function contextBefore(text: string, at: number, length: number): string {
  const before = text.slice(Math.max(0, at - length), at);
  return before.slice(before.lastIndexOf('\n') + 1).toLowerCase();
}

/** The matches of a global regular expression; each is advanced past, so none is looked at twice. */
export function* matchesOf(pattern: RegExp, text: string): Generator<RegExpExecArray> {
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    yield match;
  }
}
