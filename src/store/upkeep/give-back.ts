/**
 * Gives the room of what was deleted back to the disk: merges the full-text index, whose deletions
 * are only marks until then, moves free pages to the end of the file and cuts it off. Each step is a
 * short transaction.
 */
import type { Database } from '../database.ts';

const PAGES_PER_MERGE = 100;
/** A merge that goes on for ever would mean a defect in SQLite: 1 GB of index takes 2,500 steps. */
const MAX_MERGES = 100_000;
const PAGES_PER_STEP = 250;
const INCREMENTAL = 2;

/** Bytes of the database file, and those of them that hold something. */
export function fileUse(database: Database): { readonly file: number; readonly used: number } {
  const size = numberOf(database, 'page_size');
  const pages = numberOf(database, 'page_count');
  return { file: pages * size, used: (pages - freePages(database)) * size };
}

/** Yields between steps. */
export function* giveBack(database: Database): Generator<void, void> {
  yield* mergeIndex(database);
  yield* shrinkFile(database);
  database.pragma('wal_checkpoint(TRUNCATE)');
}

function* mergeIndex(database: Database): Generator<void, void> {
  const merge = database.prepare("INSERT INTO texts (texts, rank) VALUES ('merge', ?)");
  const changes = database.prepare<[], number>('SELECT total_changes()').pluck();
  for (let step = 0; step < MAX_MERGES; step += 1) {
    const before = Number(changes.get());
    merge.run(PAGES_PER_MERGE);
    // The statement itself counts for one: fewer than two changes mean that there is nothing to merge.
    if (Number(changes.get()) - before < 2) return;
    yield;
  }
}

function* shrinkFile(database: Database): Generator<void, void> {
  if (numberOf(database, 'auto_vacuum') !== INCREMENTAL) return;
  let free = freePages(database);
  while (free > 0) {
    database.pragma(`incremental_vacuum(${PAGES_PER_STEP})`);
    const left = freePages(database);
    if (left >= free) return;
    free = left;
    yield;
  }
}

function freePages(database: Database): number {
  return numberOf(database, 'freelist_count');
}

function numberOf(database: Database, pragma: string): number {
  return Number(database.pragma(pragma, { simple: true }));
}
