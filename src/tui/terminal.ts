/**
 * What the screen asks of the terminal beside drawing: its title, mouse reports, pasted text as one
 * piece, no automatic line breaks, the clipboard. Whatever enter() switches on, leave() switches off;
 * leave() is safe to call twice.
 */
const ESC = '\u001b';
const PUSH_TITLE = `${ESC}[22;2t`;
const POP_TITLE = `${ESC}[23;2t`;
const PASTE_ON = `${ESC}[?2004h`;
const PASTE_OFF = `${ESC}[?2004l`;
/** A line that the terminal thinks wider than we do must not push the next one down. */
const WRAP_OFF = `${ESC}[?7l`;
const WRAP_ON = `${ESC}[?7h`;
const MOUSE_ON = `${ESC}[?1000h${ESC}[?1006h`;
const MOUSE_OFF = `${ESC}[?1006l${ESC}[?1000l`;

/** Terminals drop longer ones (xterm's limit is about 100 kB of base64). */
const MAX_COPY_BYTES = 74_000;

export class Terminal {
  readonly #write: (text: string) => void;
  #isActive = false;
  #hasMouse = true;
  #title = '';

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  enter(): void {
    if (this.#isActive) return;
    this.#isActive = true;
    this.#write(PUSH_TITLE + WRAP_OFF + PASTE_ON + (this.#hasMouse ? MOUSE_ON : ''));
    const title = this.#title;
    this.#title = '';
    if (title !== '') this.setTitle(title);
  }

  leave(): void {
    if (!this.#isActive) return;
    this.#isActive = false;
    this.#write(MOUSE_OFF + PASTE_OFF + WRAP_ON + POP_TITLE);
  }

  /** Own words only. */
  setTitle(title: string): void {
    if (!this.#isActive || title === this.#title) return;
    this.#title = title;
    this.#write(`${ESC}]2;${title}${ESC}\\`);
  }

  /** Whether the mouse is on now. */
  toggleMouse(): boolean {
    this.#hasMouse = !this.#hasMouse;
    if (this.#isActive) this.#write(this.#hasMouse ? MOUSE_ON : MOUSE_OFF);
    return this.#hasMouse;
  }

  /** Through OSC 52, as base64, so the text is only data. False when it is too long for terminals. */
  copy(text: string): boolean {
    const bytes = Buffer.from(text, 'utf8');
    if (bytes.length > MAX_COPY_BYTES) return false;
    this.#write(`${ESC}]52;c;${bytes.toString('base64')}\u0007`);
    return true;
  }
}
