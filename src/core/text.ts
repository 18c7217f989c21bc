/**
 * Foreign text made safe and fit for a screen. Model output, tool arguments, header values, paths
 * and ids may carry terminal controls: OSC 52 writes the clipboard, OSC 0 the title, bidi overrides
 * reorder what a person reads. Everything that prints foreign text goes through safeText().
 */
const CONTROL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: -- finding control characters is the purpose
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

function visible(char: string): string {
  const code = char.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '␡';
  return `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Controls, DEL, C1, bidi and zero-width characters become visible marks; \n stays, tabs become two spaces. */
export function safeText(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll('\t', '  ').replace(CONTROL, visible);
}

/** safeText() on one line: runs of white space become one space. */
export function safeLine(text: string): string {
  return safeText(text.replace(/\s+/g, ' ').trim());
}

/** At most `max` UTF-16 units, cut between characters, ending in `…` when something was cut. */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = max - 1;
  const splitsPair = /[\ud800-\udbff]/.test(text[end - 1] ?? '');
  return `${text.slice(0, splitsPair ? end - 1 : end)}…`;
}

/** UTF-8 bytes of a text. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
