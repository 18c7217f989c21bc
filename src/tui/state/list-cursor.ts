/**
 * Which row of a list is selected and which are in view. The selection sticks to its item, not to
 * its place: rows come and go above it.
 */
export interface Window {
  readonly start: number;
  readonly end: number;
}

export class ListCursor<Item> {
  readonly #idOf: (item: Item) => string;
  #index = 0;
  #top = 0;
  #id: string | null = null;

  constructor(idOf: (item: Item) => string) {
    this.#idOf = idOf;
  }

  selected(items: readonly Item[]): Item | undefined {
    return items[this.indexIn(items)];
  }

  /** Where the selected item is now; where it was, when it is gone. */
  indexIn(items: readonly Item[]): number {
    const at = items[this.#index];
    if (this.#id !== null && (at === undefined || this.#idOf(at) !== this.#id)) {
      const found = items.findIndex((item) => this.#idOf(item) === this.#id);
      if (found !== -1) {
        this.#top += found - this.#index;
        this.#index = found;
      }
    }
    return clamp(this.#index, items.length);
  }

  select(items: readonly Item[], index: number): void {
    this.#index = clamp(index, items.length);
    const item = items[this.#index];
    this.#id = item === undefined ? null : this.#idOf(item);
  }

  move(items: readonly Item[], by: number): void {
    this.select(items, this.indexIn(items) + by);
  }

  /** The rows to draw, with the selected one among them. */
  window(items: readonly Item[], height: number): Window {
    const index = this.indexIn(items);
    const room = Math.max(1, height);
    if (index < this.#top) this.#top = index;
    if (index >= this.#top + room) this.#top = index - room + 1;
    this.#top = Math.max(0, Math.min(this.#top, items.length - room));
    return { start: this.#top, end: Math.min(items.length, this.#top + room) };
  }
}

function clamp(index: number, length: number): number {
  return Math.max(0, Math.min(index, length - 1));
}
