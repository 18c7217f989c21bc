/** Which files there are to import, oldest first: what continues a conversation comes after it. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface SourceFile {
  readonly path: string;
  readonly size: number;
  /** Epoch milliseconds, with fractions. */
  readonly modifiedAt: number;
}

/** `.claude/projects/<folder>/<session>/subagents/…` and `.codex/sessions/<y>/<m>/<d>/…` are the deepest. */
const MAX_DEPTH = 8;

/** A file itself, or all below a folder whose names match. Links are not followed. Throws the system's error. */
export function findFiles(root: string, name: RegExp): SourceFile[] {
  const { size, mtimeMs, isFile } = stateOf(root);
  if (isFile) return [{ path: root, size, modifiedAt: mtimeMs }];
  const found: SourceFile[] = [];
  const walk = (folder: string, depth: number): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && depth < MAX_DEPTH) walk(path, depth + 1);
      if (!entry.isFile() || !name.test(entry.name)) continue;
      const state = stateOf(path);
      found.push({ path, size: state.size, modifiedAt: state.mtimeMs });
    }
  };
  walk(root, 0);
  return found.sort((a, b) => a.modifiedAt - b.modifiedAt || a.path.localeCompare(b.path));
}

function stateOf(path: string): { size: number; mtimeMs: number; isFile: boolean } {
  const state = statSync(path);
  return { size: state.size, mtimeMs: state.mtimeMs, isFile: state.isFile() };
}
