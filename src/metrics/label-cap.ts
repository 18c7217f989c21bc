/**
 * Bounded label values: what comes from the wire (a model's name) could otherwise fill the memory of
 * whoever scrapes. The first so many are kept, the rest is `other`.
 */
export class LabelCap {
  readonly #max: number;
  readonly #known = new Set<string>();

  constructor(max: number) {
    this.#max = max;
  }

  of(value: string | null): string {
    if (value === null || value === '') return 'none';
    const label = value.slice(0, 120);
    if (this.#known.has(label)) return label;
    if (this.#known.size >= this.#max) return 'other';
    this.#known.add(label);
    return label;
  }
}
