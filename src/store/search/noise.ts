/**
 * What is left out of the index: base64 and the like, one run of 128 characters, or lines of 60 and
 * more. As words they would take more room than all prose, and nobody searches for them. Pure.
 */

const MIN_RUN = 60;
const NOISE = /(?<![\w+/=-])(?:[\w+/=-]{60,}(?:\s[\w+/=-]{60,})+|[\w+/=-]{128,})/g;
/** Whether a character may be part of noise, by its code. */
const IS_NOISE = Uint8Array.from({ length: 128 }, (_, code) =>
  Number(/[\w+/=-]/.test(String.fromCharCode(code))),
);

/** The text with blanks in the place of noise. */
export function withoutNoise(text: string): string {
  return hasLongRun(text) ? text.replace(NOISE, ' ') : text;
}

/** Looks at few characters of a text: whatever ends a run is part of no longer one. */
export function hasLongRun(text: string): boolean {
  let start = 0;
  while (start + MIN_RUN <= text.length) {
    let at = start + MIN_RUN - 1;
    while (at >= start && IS_NOISE[text.charCodeAt(at)] === 1) at -= 1;
    if (at < start) return true;
    start = at + 1;
  }
  return false;
}
