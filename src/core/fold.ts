/** How texts and typed words are compared: without case and diacritics, word by word. Pure. */

/** Words as SQLite's unicode61 tokenizer cuts them, once folded. */
export const WORDS = /[\p{L}\p{N}\p{Co}]+/gu;

const NOT_PLAIN = /[^\p{ASCII}]|[A-Z]/gu;

/** Lower case without diacritics, as long as `text` in UTF-16 units, so that places stay the same. */
export function fold(text: string): string {
  return text.replace(NOT_PLAIN, (char) => {
    const folded = char.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
    return folded.length === char.length ? folded : char;
  });
}
