/**
 * Deletes the words that no indexed text has any more: what was deleted shall not be found in the list
 * of words either.
 */
import type { Database } from '../database.ts';
import type { DeletionCount } from '../sqlite/deletions.ts';

const WORDS_PER_STEP = 20_000;
const VOCABULARY = `CREATE VIRTUAL TABLE IF NOT EXISTS temp.living_words USING fts5vocab('main', 'texts', 'row')`;

/**
 * Yields between steps of some ten milliseconds. Both lists are in order and are read side by side: to
 * look up each word by itself is a query for each.
 */
export function* forgetWords(database: Database, deletions: DeletionCount): Generator<void, void> {
  database.exec(VOCABULARY);
  const page = database
    .prepare<[string, number], string>(
      'SELECT word FROM words WHERE word > ? ORDER BY word LIMIT ?',
    )
    .pluck();
  const between = database
    .prepare<[string, string], string>(
      'SELECT term FROM temp.living_words WHERE term >= ? AND term <= ?',
    )
    .pluck();
  const remove = database.prepare<[string]>('DELETE FROM words WHERE word = ?');
  const step = database.transaction((after: string) => {
    const words = page.all(after, WORDS_PER_STEP);
    const living = new Set(between.all(words[0] ?? '', words.at(-1) ?? ''));
    const dead = words.filter((word) => !living.has(word));
    for (const word of dead) remove.run(word);
    if (dead.length > 0) deletions.add();
    return words.at(-1);
  });
  for (let after: string | undefined = ''; after !== undefined; ) {
    after = step.immediate(after);
    yield;
  }
}
