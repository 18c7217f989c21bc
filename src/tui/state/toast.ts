/** A sentence that is shown for a moment. */
const SHOWN_MS = 4000;

export class Toast {
  readonly #now: () => number;
  #text = '';
  #until = Number.NEGATIVE_INFINITY;

  constructor(now: () => number) {
    this.#now = now;
  }

  show(text: string): void {
    this.#text = text;
    this.#until = this.#now() + SHOWN_MS;
  }

  /** null when its moment is over. */
  get text(): string | null {
    return this.#now() < this.#until ? this.#text : null;
  }
}
