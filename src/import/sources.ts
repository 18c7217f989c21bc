/** Whose records can be imported: where they lie, and who reads them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { rustSessions } from '../store/import/rust-sessions.ts';
import { CLAUDE_NOTES, ClaudeTranscript } from './claude/transcript.ts';
import { CodexRollout } from './codex/rollout.ts';
import { findFiles, type SourceFile } from './find-files.ts';
import { OwnLines } from './jsonl/own-lines.ts';
import { makeToldRequests } from './jsonl/recorded.ts';
import { type Line, linesOf } from './lines.ts';
import { LunarouteEvents } from './lunaroute/events.ts';
import type { TranscriptReader } from './turn.ts';

const SOURCE_NAMES = ['claude', 'codex', 'lunaroute', 'jsonl'] as const;
export type SourceName = (typeof SOURCE_NAMES)[number];

interface Source {
  readonly files: RegExp;
  /** Where in the program's own folder they lie. */
  readonly folders: readonly string[];
  /** Begins an import; what it gives makes a reader for each file. */
  readonly begin: () => () => TranscriptReader;
  readonly lines: (path: string) => Iterable<Line>;
}

const SOURCES: Readonly<Record<SourceName, Source>> = {
  claude: {
    files: /\.jsonl$/,
    folders: ['projects'],
    begin: () => () => new ClaudeTranscript(),
    lines: (path) => linesOf(path, CLAUDE_NOTES),
  },
  codex: {
    files: /^rollout-.*\.jsonl$/,
    folders: ['sessions', 'archived_sessions'],
    begin: () => () => new CodexRollout(),
    lines: (path) => linesOf(path),
  },
  lunaroute: {
    files: /\.jsonl(\.zst)?$|\.db$/,
    folders: [],
    begin: () => () => new LunarouteEvents(),
    lines: (path) => (path.endsWith('.db') ? rowLines(path) : linesOf(path)),
  },
  jsonl: {
    files: /\.jsonl(\.zst)?$/,
    folders: [],
    begin: () => {
      const told = makeToldRequests();
      return () => new OwnLines(told);
    },
    lines: (path) => linesOf(path),
  },
};

/** How one import of a source reads it. */
export function readersOf(name: SourceName) {
  const { begin, lines } = SOURCES[name];
  return { makeReader: begin(), lines };
}

/** The files of a source below `root`: the program's folder, one of its own, or a single file. */
export function filesOf(name: SourceName, root: string): SourceFile[] {
  const { files, folders } = SOURCES[name];
  const inside = folders.map((folder) => join(root, folder)).filter((path) => existsSync(path));
  const found = (inside.length === 0 ? [root] : inside).flatMap((path) => findFiles(path, files));
  // A database tells less of a session than its own files: it comes after them.
  return found.toSorted((a, b) => Number(isDatabase(a)) - Number(isDatabase(b)));
}

function isDatabase({ path }: SourceFile): boolean {
  return path.endsWith('.db');
}

function* rowLines(path: string): Generator<Line, void> {
  let number = 0;
  for (const row of rustSessions(path)) {
    number += 1;
    yield { number, text: JSON.stringify({ type: 'session_row', ...row }), end: 0, isWhole: true };
  }
}
