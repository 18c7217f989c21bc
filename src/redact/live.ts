/**
 * Text of a running answer, redacted before its end is known: what could still become (part of) a
 * value is held back until more has come. Whatever the pieces, joined they say what the whole text
 * says after redaction. Bounded: a longer run without a blank is let go redacted.
 */
import type { Redactor } from './redactor.ts';
import { KEY_BLOCK_BEGIN, MAX_BLOCK } from './secrets/key-blocks.ts';

export class LiveRedactor {
  readonly #redactor: Redactor;
  readonly #context: number;
  /** Text of which `#shown` characters are out already: they stay as context for what follows. */
  #text = '';
  #shown = 0;
  /** Behind the last blank. */
  #blank = 0;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
    this.#context = redactor.hasCustomPatterns ? CUSTOM_CONTEXT : CONTEXT;
  }

  /** What can be shown now. */
  push(text: string): string {
    this.#text += text;
    const blank = lastBlank(text);
    if (blank > 0) this.#blank = this.#text.length - text.length + blank;
    const end = this.#safeEnd();
    // A long run without blanks is gone through in steps, not again with every piece.
    const isStep = this.#text.length < SMALL || end - this.#shown > this.#text.length / 4;
    return isStep ? this.#show(end) : '';
  }

  /** The rest: nothing follows. */
  flush(): string {
    const rest = this.#show(this.#text.length);
    this.#text = '';
    this.#shown = 0;
    this.#blank = 0;
    return rest;
  }

  /** Where nothing that is still to come can change what stands before. */
  #safeEnd(): number {
    const text = this.#text;
    const open = this.#openBlock();
    const end = open >= 0 ? open : text.length;
    // The run of characters that the next piece may continue, and before it what may belong to it.
    const at = Math.max(Math.min(this.#blank, end), end - MAX_BLOCK);
    const from = Math.max(0, at - this.#context);
    const begun = this.#redactor.hasCustomPatterns ? 0 : text.slice(from, at).search(BEGUN);
    return Math.max(this.#shown, begun < 0 ? at : from + begun);
  }

  /** Where a private key begins whose end has not come. */
  #openBlock(): number {
    const open = this.#text.lastIndexOf(KEY_BLOCK_BEGIN);
    if (open < 0 || this.#text.length - open > MAX_BLOCK) return -1;
    if (this.#text.includes('-----END ', open)) return -1;
    const start = this.#text.slice(open, open + MAX_HEADER);
    const isMention = start.length === MAX_HEADER && !BASE64.test(start);
    return isMention || !KEY_HEADER.test(start) ? -1 : open;
  }

  #show(wanted: number): string {
    if (wanted <= this.#shown) return '';
    const findings = this.#redactor.find(this.#text);
    // Never out of the middle of a value.
    const cut = findings.find(({ start, end }) => start < wanted && end > wanted)?.start ?? wanted;
    const end = Math.max(cut, this.#shown);
    const pieces: string[] = [];
    let at = this.#shown;
    for (const finding of findings) {
      if (finding.end <= at || finding.start >= end) continue;
      pieces.push(this.#text.slice(at, Math.max(at, finding.start)));
      pieces.push(this.#redactor.replacement(this.#text, finding));
      at = finding.end;
    }
    pieces.push(this.#text.slice(at, end));
    this.#shown = Math.max(at, end);
    this.#forget();
    return pieces.join('');
  }

  #forget(): void {
    const kept = Math.max(0, this.#shown - this.#context);
    this.#text = this.#text.slice(kept);
    this.#shown -= kept;
    this.#blank = Math.max(0, this.#blank - kept);
  }
}

const SMALL = 4096;
/** Words before a value that say what it is. */
const CONTEXT = 64;
/** A custom pattern may match more at rest; on the screen, what is longer may have been shown. */
const CUSTOM_CONTEXT = 1024;
/** What blanks may stand inside of: groups of digits; a name, a sign and its value; `Bearer …`. */
const BEGUN =
  /[+(]*\d[\d\s.()/-]*$|(?:passw|passphrase|pwd|secret|token|key|credential|auth|identified by)[\w.-]{0,40}[\s"'`\\\]]{0,8}(?:=>|:=|==?|[:>])?[\s"'`\\|>-]{0,8}$|(?:bearer|basic)\s{0,3}$/i;
const MAX_HEADER = 250;
/** A BEGIN line, whole or as far as it has come. */
const KEY_HEADER = /^-----BEGIN [A-Z0-9 ]{0,40}(?:$|PRIVATE KEY)/;
const BASE64 = /[A-Za-z0-9+/=]{40}/;

/** Index behind the last white space, 0 when there is none. */
function lastBlank(text: string): number {
  let at = text.length;
  while (at > 0 && !/\s/.test(text.charAt(at - 1))) at -= 1;
  return at;
}
