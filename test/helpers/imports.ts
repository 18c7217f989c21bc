// Runs an import without the command around it.
import { copyFileSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SessionSummary } from '../../src/core/ports.ts';
import { type ImportResult, importFiles } from '../../src/import/import-files.ts';
import { filesOf, readersOf, type SourceName } from '../../src/import/sources.ts';
import { openHistory } from '../../src/store/history/sqlite-history.ts';
import { ImportStore } from '../../src/store/import/import-store.ts';
import type { ExchangeRedaction } from '../../src/store/redaction/exchange-redaction.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/transcripts');
/** Files of a moment ago may still be written to. */
const RESTED = 60_000;

export async function importInto(
  database: string,
  name: SourceName,
  root: string,
  options: { now?: () => number; redaction?: ExchangeRedaction } = {},
): Promise<ImportResult> {
  const now = options.now ?? (() => Date.now() + RESTED);
  const store = new ImportStore({
    path: database,
    redaction: options.redaction ?? null,
    onNotice: () => undefined,
    writeThread: new URL('../../src/store/import/write-thread.ts', import.meta.url),
    now,
  });
  try {
    return await importFiles(filesOf(name, root), {
      store,
      price: () => null,
      ...readersOf(name),
      onProgress: async () => undefined,
      signal: new AbortController().signal,
      now,
    });
  } finally {
    await store.close();
  }
}

export function fixture(name: string): string[] {
  return readFileSync(join(FIXTURES, name), 'utf8').trimEnd().split('\n');
}

/** Puts a transcript where a client would have. */
export function place(root: string, path: string, lines: readonly string[]): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  return file;
}

export function placeFixture(root: string, path: string, name: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync(join(FIXTURES, name), file);
  utimesSync(file, 1_790_000_000, 1_790_000_000);
}

/** The sessions, oldest first, and what was said in each. */
export function recorded(database: string) {
  const history = openHistory(database);
  const sessions = history.sessions({ limit: 100, orderBy: 'started' }).reverse();
  const told = sessions.map((session: SessionSummary) => ({
    session,
    exchanges: history
      .exchanges(session.sessionId, { limit: 1000, offset: 0 })
      .map(({ id }) => history.exchange(id))
      .filter((exchange) => exchange !== null),
  }));
  history.close();
  return told;
}
