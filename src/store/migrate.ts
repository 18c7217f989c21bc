/**
 * Brings a database to the schema of this program: numbered steps, forward only, each in its own
 * transaction, the reached number kept in `user_version`. A released step is never edited.
 */
import type { Database } from './database.ts';
import { INITIAL_SCHEMA } from './migrations/001-initial.ts';
import { NUMBERS_SCHEMA } from './migrations/002-numbers.ts';
import { REDACTIONS } from './migrations/003-redactions.ts';
import { UPKEEP_SCHEMA } from './migrations/005-upkeep.ts';
import { addWords } from './migrations/006-words.ts';
import { IMPORTS } from './migrations/007-imports.ts';
import { TOOL_TIMES } from './migrations/008-tool-times.ts';
import { SHARED_PROMPTS } from './migrations/009-prompts.ts';

/** `MIGRATIONS[n]` leads from version n to n + 1. */
const MIGRATIONS: readonly (string | ((database: Database) => void))[] = [
  INITIAL_SCHEMA,
  NUMBERS_SCHEMA,
  REDACTIONS,
  UPKEEP_SCHEMA,
  addWords,
  IMPORTS,
  TOOL_TIMES,
  SHARED_PROMPTS,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** 0 for a file without a schema. */
export function schemaVersion(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}

/** Applies the missing steps up to `target`; does nothing on a current database. */
export function migrate(database: Database, target: number = SCHEMA_VERSION): void {
  for (let version = schemaVersion(database); version < target; version += 1) {
    applyStep(database, version);
  }
}

function applyStep(database: Database, from: number): void {
  // IMMEDIATE, and the version read again inside: another process may be migrating the same file.
  database
    .transaction(() => {
      if (schemaVersion(database) !== from) return;
      const step = MIGRATIONS[from] ?? '';
      if (typeof step === 'string') database.exec(step);
      else step(database);
      database.pragma(`user_version = ${from + 1}`);
    })
    .immediate();
}
