/** Whose records can be imported: where they lie, and who reads them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ClaudeTranscript } from './claude/transcript.ts';
import { CodexRollout } from './codex/rollout.ts';
import { findFiles, type SourceFile } from './find-files.ts';
import type { TranscriptReader } from './turn.ts';

const SOURCE_NAMES = ['claude', 'codex'] as const;
export type SourceName = (typeof SOURCE_NAMES)[number];

interface Source {
  readonly files: RegExp;
  /** Where in the client's own folder they lie. */
  readonly folders: readonly string[];
  readonly makeReader: (file: SourceFile) => TranscriptReader;
}

const SOURCES: Readonly<Record<SourceName, Source>> = {
  claude: {
    files: /\.jsonl$/,
    folders: ['projects'],
    makeReader: () => new ClaudeTranscript(),
  },
  codex: {
    files: /^rollout-.*\.jsonl$/,
    folders: ['sessions', 'archived_sessions'],
    makeReader: () => new CodexRollout(),
  },
};

export function sourceOf(name: SourceName): Source {
  return SOURCES[name];
}

/** The files of a source below `root`: the client's folder, one of its own, or a single file. */
export function filesOf(name: SourceName, root: string): SourceFile[] {
  const { files, folders } = SOURCES[name];
  const inside = folders.map((folder) => join(root, folder)).filter((path) => existsSync(path));
  return (inside.length === 0 ? [root] : inside).flatMap((path) => findFiles(path, files));
}
