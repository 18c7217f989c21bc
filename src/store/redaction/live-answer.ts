/**
 * The pieces of one running answer on their way to the screens, redacted: what may still become a
 * value waits. Text of one kind ends where another kind begins.
 */
import type { Delta } from '../../dialects/codec.ts';
import type { LiveRedactor } from '../../redact/live.ts';

export class LiveAnswer {
  readonly #make: () => LiveRedactor;
  #kind: Delta['kind'] = 'text';
  #redactor: LiveRedactor;

  constructor(make: () => LiveRedactor) {
    this.#make = make;
    this.#redactor = make();
  }

  /** What of it, and of what waited, can be shown. */
  push(deltas: readonly Delta[]): Delta[] {
    return deltas.flatMap(({ kind, text }) => {
      const before = kind === this.#kind ? [] : this.#turnTo(kind);
      return [...before, ...this.#shown(this.#redactor.push(text))];
    });
  }

  /** The answer has ended. */
  flush(): Delta[] {
    return this.#shown(this.#redactor.flush());
  }

  #turnTo(kind: Delta['kind']): Delta[] {
    const rest = this.flush();
    this.#kind = kind;
    this.#redactor = this.#make();
    return rest;
  }

  #shown(text: string): Delta[] {
    return text === '' ? [] : [{ kind: this.#kind, text }];
  }
}
