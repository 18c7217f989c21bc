/**
 * What was made of texts lately. Bounded in characters; two generations, so that forgetting costs
 * nothing: what was asked for since the last turn stays.
 */

/** Longer texts come once, or are remembered by their bytes elsewhere. */
const MAX_TEXT = 16_384;
/** Of one generation. */
const MAX_CHARS = 512 * 1024;
/** About what an entry takes besides its text. */
const ENTRY_CHARS = 100;

export class TextMemo<V> {
  #young = new Map<string, V>();
  #old = new Map<string, V>();
  #chars = 0;

  get(text: string): V | undefined {
    if (text.length > MAX_TEXT) return undefined;
    const young = this.#young.get(text);
    if (young !== undefined) return young;
    const old = this.#old.get(text);
    return old === undefined ? undefined : this.put(text, old);
  }

  /** Gives the value back. */
  put(text: string, value: V): V {
    if (text.length > MAX_TEXT) return value;
    this.#young.set(text, value);
    this.#chars += text.length + ENTRY_CHARS;
    if (this.#chars > MAX_CHARS) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#chars = 0;
    }
    return value;
  }
}
