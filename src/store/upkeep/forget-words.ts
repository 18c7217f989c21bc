/**
 * Deletes the words that no indexed text has any more: what was deleted shall not be found in the list
 * of words either.
 */
import type { Database } from '../database.ts';
import type { DeletionCount } from '../sqlite/deletions.ts';

/** Each is one look into the index. */
const WORDS_PER_STEP = 1_000;

/** Yields between steps of a few milliseconds. */
export function* forgetWords(database: Database, deletions: DeletionCount): Generator<void, void> {
  const page = database
    .prepare<[string, number], string>(
      'SELECT word FROM words WHERE word > ? ORDER BY word LIMIT ?',
    )
    .pluck();
  const find = database.prepare<[string]>('SELECT 1 FROM texts WHERE texts MATCH ? LIMIT 1');
  const remove = database.prepare<[string]>('DELETE FROM words WHERE word = ?');
  const step = database.transaction((after: string) => {
    const words = page.all(after, WORDS_PER_STEP);
    const dead = words.filter((word) => find.get(`"${word}"`) === undefined);
    for (const word of dead) remove.run(word);
    if (dead.length > 0) deletions.add();
    return words.at(-1);
  });
  for (let after: string | undefined = ''; after !== undefined; ) {
    after = step.immediate(after);
    yield;
  }
}
