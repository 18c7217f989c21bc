/** The words of the full-text index, each once (src/store/search/words.ts). */
import type { Database } from '../database.ts';

const FILL = `
CREATE VIRTUAL TABLE temp.index_words USING fts5vocab('main', 'texts', 'row');
INSERT OR IGNORE INTO words SELECT term FROM index_words WHERE length(term) BETWEEN 3 AND 48;
DROP TABLE temp.index_words;
`;

/** Takes them from the index, once. A damaged index costs them, not the recording: it is rebuilt later. */
export function addWords(database: Database): void {
  database.exec('CREATE TABLE words (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID');
  try {
    database.exec(FILL);
  } catch {
    database.exec('DELETE FROM words; DROP TABLE IF EXISTS temp.index_words');
  }
}
