/** A text taller than the screen: where it stands, and whether it follows its end. */
import type { Action } from '../keymap.ts';
import { stepOf } from './list-actions.ts';

export class Scroller {
  #top = 0;
  #isFollowing = false;
  #height = 20;
  #length = 0;

  get top(): number {
    return this.#top;
  }

  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  follow(): void {
    this.#isFollowing = true;
  }

  reset(): void {
    this.#top = 0;
    this.#isFollowing = false;
  }

  /** Brings a line into view, a third from the top. */
  reveal(line: number): void {
    this.#isFollowing = false;
    this.#top = Math.max(0, line - Math.floor(this.#height / 3));
  }

  place(length: number, height: number): number {
    this.#length = length;
    this.#height = height;
    const last = Math.max(0, length - height);
    this.#top = this.#isFollowing ? last : Math.min(this.#top, last);
    return this.#top;
  }

  /** False when the action does not scroll. */
  act(action: Action): boolean {
    const by = stepOf(action, this.#height);
    if (by === null) return false;
    const last = Math.max(0, this.#length - this.#height);
    this.#top = Math.max(0, Math.min(last, this.#top + by));
    this.#isFollowing = action === 'bottom';
    return true;
  }

  /** The lines to draw. */
  cut<Line>(lines: readonly Line[], height: number): Line[] {
    const top = this.place(lines.length, height);
    return lines.slice(top, top + height);
  }

  /** `12-40/300`, or nothing when all is in view. */
  position(): string {
    if (this.#length <= this.#height) return '';
    const end = Math.min(this.#length, this.#top + this.#height);
    return `${this.#top + 1}-${end}/${this.#length}`;
  }
}
