/**
 * What the keyboard and mouse send, one event at a time. A chunk may hold several keys (fast typing,
 * key repeat over SSH) or a part of one; every escape sequence is consumed whole, known or not, so
 * that none of it is taken for typed text. Pasted text is one event.
 */
export type InputEvent =
  /** `j`, `G`, `ctrl-c`, `enter`, `up`, `pagedown` …; printable keys are their own text. */
  | { readonly type: 'key'; readonly key: string }
  | { readonly type: 'paste'; readonly text: string }
  | { readonly type: 'wheel'; readonly delta: 1 | -1 }
  /** Column and row from 0. */
  | { readonly type: 'click'; readonly column: number; readonly row: number };

const ESC = '\u001b';
const PASTE_START = `${ESC}[200~`;
const PASTE_END = `${ESC}[201~`;
/** A lone Escape is told from the start of a sequence by the silence after it. */
const ESCAPE_WAIT_MS = 30;
const MAX_PENDING = 65_536;

// biome-ignore lint/suspicious/noControlCharactersInRegex: -- escape sequences are what is read here
const CSI = /^\u001b\[([\u0030-\u003f]*)[\u0020-\u002f]*([\u0040-\u007e])/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: -- escape sequences are what is read here
const STRING = /^\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)/;

const FINALS: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  Z: 'shift-tab',
};
const TILDES: Readonly<Record<string, string>> = {
  1: 'home',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
};
const CONTROLS: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\u007f': 'backspace',
  '\b': 'backspace',
};

export class KeyReader {
  readonly #onEvent: (event: InputEvent) => void;
  #pending = '';
  #timer: NodeJS.Timeout | null = null;

  constructor(onEvent: (event: InputEvent) => void) {
    this.#onEvent = onEvent;
  }

  push(text: string): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#pending = (this.#pending + text).slice(-MAX_PENDING);
    while (this.#pending !== '' && this.#takeOne());
    if (this.#pending.startsWith(ESC) && !this.#pending.startsWith(PASTE_START)) this.#arm();
  }

  /** False when more bytes are needed. */
  #takeOne(): boolean {
    const text = this.#pending;
    if (text.startsWith(PASTE_START)) return this.#takePaste(text);
    if (text.startsWith(ESC)) return this.#takeSequence(text);
    const [char = ''] = text;
    this.#pending = text.slice(char.length);
    this.#key(nameOf(char));
    return true;
  }

  #takePaste(text: string): boolean {
    const end = text.indexOf(PASTE_END);
    if (end === -1) return false;
    this.#pending = text.slice(end + PASTE_END.length);
    this.#onEvent({ type: 'paste', text: text.slice(PASTE_START.length, end) });
    return true;
  }

  #takeSequence(text: string): boolean {
    const csi = CSI.exec(text);
    if (csi !== null) {
      this.#pending = text.slice(csi[0].length);
      this.#csi(csi[1] ?? '', csi[2] ?? '');
      return true;
    }
    const string = STRING.exec(text);
    if (string !== null) {
      this.#pending = text.slice(string[0].length);
      return true;
    }
    if (/^.O[A-Z]/s.test(text)) {
      this.#pending = text.slice(3);
      this.#key(FINALS[text[2] ?? '']);
      return true;
    }
    // Two Escapes: the first was a key of its own.
    if (text[1] === ESC) {
      this.#pending = text.slice(1);
      this.#key('esc');
      return true;
    }
    return false;
  }

  /** What begins like a sequence and does not go on was the Escape key, then perhaps others. */
  #arm(): void {
    this.#timer = setTimeout(() => {
      const rest = this.#pending.slice(1);
      this.#pending = '';
      this.#key('esc');
      if (rest !== '' && !/^[[O\]P]/.test(rest)) this.push(rest);
    }, ESCAPE_WAIT_MS);
  }

  #csi(parameters: string, final: string): void {
    if (parameters.startsWith('<')) this.#mouse(parameters.slice(1), final);
    else if (final === '~') this.#key(TILDES[parameters.split(';')[0] ?? '']);
    else this.#key(FINALS[final]);
  }

  /** SGR mouse reports: button; column; row, from 1. */
  #mouse(parameters: string, final: string): void {
    const [button = -1, column = 0, row = 0] = parameters.split(';').map(Number);
    if (button === 64 || button === 65) {
      this.#onEvent({ type: 'wheel', delta: button === 64 ? -1 : 1 });
    } else if (button === 0 && final === 'M') {
      this.#onEvent({ type: 'click', column: column - 1, row: row - 1 });
    }
  }

  #key(key: string | undefined): void {
    if (key !== undefined) this.#onEvent({ type: 'key', key });
  }
}

function nameOf(char: string): string | undefined {
  const control = CONTROLS[char];
  if (control !== undefined) return control;
  const code = char.codePointAt(0) ?? 0;
  if (code > 0 && code <= 26) return `ctrl-${String.fromCharCode(96 + code)}`;
  return code < 32 ? undefined : char;
}
