/** Which view is in front, and which were there before. */
import { VIEWS, type ViewName } from '../keymap.ts';

const MAX_BACK = 20;

export class Places {
  readonly #before: ViewName[] = [];
  #view: ViewName = 'live';

  get view(): ViewName {
    return this.#view;
  }

  goTo(view: ViewName): void {
    if (view === this.#view) return;
    this.#before.push(this.#view);
    if (this.#before.length > MAX_BACK) this.#before.shift();
    this.#view = view;
  }

  /** From the first view on, back is the live list. */
  goBack(): void {
    this.#view = this.#before.pop() ?? 'live';
  }

  neighbour(step: 1 | -1): ViewName {
    const index = VIEWS.indexOf(this.#view) + step + VIEWS.length;
    return VIEWS[index % VIEWS.length] ?? 'live';
  }
}
