/**
 * Where a word begins and ends in text that may itself be escaped: JSON inside JSON (`\nsk-…`), URLs
 * (`%20sk-…`), coloured logs (`ESC[32msk-…`). A value right behind such an escape must be found, and
 * the middle of an id or a hash must not be taken for a value.
 */
const WORD = /\w/;
const ESCAPE_BEFORE =
  /(?:\\[nrtbfv0]|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|%[0-9a-fA-F]{2}|\[[\d;]{0,10}m)$/;
/** The longest escape that ends a run of word characters. */
const MAX_ESCAPE = 13;

/** True when no word character stands before `at`, except as the end of an escape. */
export function startsWord(text: string, at: number): boolean {
  if (at === 0 || !WORD.test(text.charAt(at - 1))) return true;
  return ESCAPE_BEFORE.test(text.slice(Math.max(0, at - MAX_ESCAPE), at));
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
