/**
 * The bound of one answer while it is assembled: a stream that never ends must not grow memory for
 * ever. Far above any real answer; what exceeds it is left out of the assembled view (the raw bytes
 * have their own, configured bound).
 */
const MAX_CHARS = 64 * 1024 * 1024;
const MAX_PARTS = 10_000;

export class AnswerBound {
  #chars = MAX_CHARS;
  #parts = MAX_PARTS;

  /** As much of `text` as still fits. */
  admit(text: string): string {
    const admitted = text.length <= this.#chars ? text : text.slice(0, this.#chars);
    this.#chars -= admitted.length;
    return admitted;
  }

  /** Whether one more part may be opened. */
  admitPart(): boolean {
    if (this.#parts === 0) return false;
    this.#parts -= 1;
    return true;
  }
}
