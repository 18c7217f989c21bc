/**
 * The count of deletions in a database. Who remembers keys asks it inside the write transaction:
 * a key that another connection deleted must not be written again.
 */
import type { Database, Statement } from '../database.ts';

export class DeletionCount {
  readonly #read: Statement<[], { deletions: number }>;
  readonly #add: Statement<[]>;
  #known: number;

  constructor(database: Database) {
    this.#read = database.prepare('SELECT deletions FROM upkeep');
    this.#add = database.prepare('UPDATE upkeep SET deletions = deletions + 1');
    this.#known = this.#current();
  }

  /** True once after others deleted something. */
  hasChanged(): boolean {
    const current = this.#current();
    const changed = current !== this.#known;
    this.#known = current;
    return changed;
  }

  /** Tells the others that this transaction deletes; is no change to this count's own holder. */
  add(): void {
    this.#add.run();
    this.#known += 1;
  }

  #current(): number {
    return this.#read.get()?.deletions ?? 0;
  }
}
