/** The JSONL files: whole lines, and of the same exchanges as SQLite. */
import { existsSync } from 'node:fs';
import { formatPlural } from '../../../core/format.ts';
import {
  type Comparison,
  compareRecords,
  type Disagreement,
} from '../../../store/inspect/compare-records.ts';
import { databaseState } from '../../../store/inspect/database-state.ts';
import { fillJsonl } from '../../../store/inspect/fill-jsonl.ts';
import { cutTornLine } from '../../../store/jsonl/torn-line.ts';
import { type Finding, type Report, warning } from '../finding.ts';
import type { Check, Subject } from '../subject.ts';

const MAX_LINES = 10;

export const recordsCheck: Check = {
  name: 'JSONL',
  look: (subject) => {
    const { enabled, sqlite, jsonl } = subject.loaded.config.session_recording;
    if (!existsSync(jsonl.directory)) {
      const isOff = !(enabled && jsonl.enabled);
      return { summary: isOff ? 'recording is off' : 'nothing recorded yet', findings: [] };
    }
    const isBoth = enabled && sqlite.enabled && jsonl.enabled;
    const sqlitePath = isBoth && isReadable(sqlite.path) ? sqlite.path : null;
    const now = subject.invocation.context.now();
    return reportOf(compareRecords({ sqlitePath, jsonlDirectory: jsonl.directory, now }), subject);
  },
};

/** What is wrong with the database is another check's to say. */
function isReadable(path: string): boolean {
  return (databaseState(path, 0)?.contents ?? null) !== null;
}

function reportOf(comparison: Comparison, subject: Subject): Report {
  const { days, files, agreed } = comparison;
  return {
    summary: `${formatPlural(files, 'file')} of ${formatPlural(days, 'day')}; ${formatPlural(agreed, 'exchange')} compared with SQLite`,
    findings: [
      ...missingInJsonl(comparison.missingInJsonl, subject),
      ...missingInSqlite(comparison.missingInSqlite, subject),
      ...tornLines(comparison.torn, subject),
      ...damagedLines(comparison, subject),
    ],
  };
}

function missingInJsonl(list: readonly Disagreement[], { loaded, advice }: Subject): Finding[] {
  const id = 'jsonl-incomplete';
  if (list.length === 0) return [];
  const { sqlite, jsonl } = loaded.config.session_recording;
  const ids = list.flatMap(({ exchangeIds }) => exchangeIds);
  return [
    warning({
      id,
      what: `${sayOf(list)} stand in SQLite and not in JSONL`,
      where: jsonl.directory,
      mend: advice.fix(id),
      fix: { isSafe: true, run: () => fillJsonl(sqlite.path, jsonl.directory, ids) },
    }),
  ];
}

function missingInSqlite(list: readonly Disagreement[], { loaded, advice }: Subject): Finding[] {
  if (list.length === 0) return [];
  const what = `${sayOf(list)} stand in JSONL and not in SQLite`;
  const where = loaded.config.session_recording.sqlite.path;
  const mend = advice.command('import jsonl', 'records');
  return [warning({ id: 'sqlite-incomplete', what, where, mend })];
}

function sayOf(list: readonly Disagreement[]): string {
  const count = list.reduce((sum, { exchangeIds }) => sum + exchangeIds.length, 0);
  return `${formatPlural(count, 'exchange')} of ${formatPlural(list.length, 'session')}`;
}

function tornLines(files: readonly string[], { advice }: Subject): Finding[] {
  const id = 'torn-line';
  const [first] = files;
  if (first === undefined) return [];
  return [
    warning({
      id,
      what: `half a line at the end of ${formatPlural(files.length, 'file')}: a run was killed while it wrote`,
      where: first,
      mend: advice.fix(id),
      fix: {
        isSafe: true,
        run: () => {
          for (const file of files) cutTornLine(file);
        },
      },
    }),
  ];
}

/** Compressed files are read only: what is damaged in one stays. */
function damagedLines({ damaged }: Comparison, { advice }: Subject): Finding[] {
  return damaged.slice(0, MAX_LINES).map(({ file, line }) => {
    const mend = `sed -i.damaged '${line}d' ${advice.quote(file)}`;
    return warning({
      id: 'damaged-line',
      what: 'this line is no record; readers pass over it',
      where: `${file}:${line}`,
      mend: file.endsWith('.zst') ? null : mend,
    });
  });
}
