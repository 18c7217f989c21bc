/**
 * Foreign text on a page: React escapes markup, but not what makes a person read something else than
 * what stands there. Controls and bidi overrides become visible; joiners that emoji and scripts need stay.
 */
import { truncate } from '../../../core/text.ts';

const DECEIVING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: -- finding control characters is the purpose
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

function visible(char: string): string {
  const code = char.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '␡' : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Lines and tabs stay; everything that hides or turns text becomes a mark. */
export function shown(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(DECEIVING, visible);
}

/** shown() on one line of at most `max` characters: for cells and titles. */
export function shownLine(text: string, max = 300): string {
  return shown(
    truncate(
      text
        .slice(0, max * 4)
        .replace(/\s+/g, ' ')
        .trim(),
      max,
    ),
  );
}
