/**
 * Writes each session as a text file that a person can follow (`tail -f … | jq`): one line an event,
 * full text, nothing twice (DESIGN section 7). An item is appended whole or not at all, and an item
 * that was already written is passed over, so a batch may be repeated after a failure. Never reads or
 * changes what other programs wrote, except for cutting off a torn last line.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { refuseLink } from '../files/links.ts';
import { AppendFile } from './jsonl/append-file.ts';
import { deletionMark } from './jsonl/deletion-mark.ts';
import { dateFolders, sessionFilePath } from './jsonl/file-name.ts';
import { linesOf, sessionLine } from './jsonl/lines.ts';
import { restoreSession } from './jsonl/restore.ts';
import type { SessionState } from './jsonl/session-state.ts';
import { cutTornLine } from './jsonl/torn-line.ts';
import { LruMap } from './lru.ts';
import type { Sink, SinkItem } from './sink.ts';

const MAX_OPEN_FILES = 64;
const MAX_SESSIONS = 128;
/** Far more than a batch, of which only the last can be repeated. */
const MAX_REMEMBERED_ITEMS = 2000;
/** A run ends within a day or two of its last line; older files have been repaired before. */
const REPAIRED_FOLDERS = 2;

export interface JsonlSinkOptions {
  readonly directory: string;
  /** Told in one sentence what the user should know: a torn line was cut off. */
  readonly onNotice: (notice: string) => void;
}

export class JsonlSink implements Sink {
  readonly #directory: string;
  readonly #onNotice: (notice: string) => void;
  readonly #files = new Map<string, AppendFile>();
  readonly #sessions = new LruMap<string, SessionState>(MAX_SESSIONS);
  readonly #written = new LruMap<string, true>(MAX_REMEMBERED_ITEMS);
  #isOpen = false;
  #deletionMark = '';

  constructor(options: JsonlSinkOptions) {
    this.#directory = options.directory;
    this.#onNotice = options.onNotice;
  }

  /** An empty list only makes the folder and mends what a killed run left. Throws the system's error. */
  write(items: readonly SinkItem[]): void {
    if (!this.#isOpen) this.#open();
    if (items.length > 0) this.#noticeDeletions();
    for (const item of items) {
      const key = `${item.kind} ${item.request.id}`;
      if (this.#written.get(key) === true) continue;
      this.#append(item);
      this.#written.set(key, true);
    }
  }

  close(): void {
    for (const file of this.#files.values()) file.close();
    this.#files.clear();
  }

  #open(): void {
    refuseLink(this.#directory);
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    if ((statSync(this.#directory).mode & 0o077) !== 0) chmodSync(this.#directory, 0o700);
    const torn = repair(this.#directory);
    this.#isOpen = true;
    if (torn === 0) return;
    this.#onNotice(
      `Cut off an unfinished last line in ${torn} file(s) of ${this.#directory}: the last run was killed while it wrote.`,
    );
  }

  /** Lines must not build on files that retention, or another process, has deleted. */
  #noticeDeletions(): void {
    const mark = deletionMark(this.#directory);
    if (mark !== this.#deletionMark) this.#sessions.clear();
    this.#deletionMark = mark;
  }

  #append(item: SinkItem): void {
    const { sessionId } = item.request;
    const at = item.kind === 'request' ? item.request.startedAt : item.end.endedAt;
    const file = this.#file(sessionFilePath(this.#directory, sessionId, at), sessionId);
    const { lines, learn } = linesOf(item, this.#session(sessionId));
    const all = file.isEmpty ? [sessionLine(item.request), ...lines] : lines;
    file.append(all.map((line) => `${JSON.stringify(line)}\n`).join(''));
    learn();
  }

  #session(sessionId: string): SessionState {
    const known = this.#sessions.get(sessionId);
    if (known !== undefined) return known;
    const state = restoreSession(this.#directory, sessionId);
    this.#sessions.set(sessionId, state);
    return state;
  }

  /** An open file, the one used last at the end of the map. */
  #file(path: string, sessionId: string): AppendFile {
    const open = this.#files.get(path);
    this.#files.delete(path);
    if (open !== undefined && !open.isDeleted) {
      this.#files.set(path, open);
      return open;
    }
    if (open !== undefined) {
      open.close();
      // The history went with the file: it is told anew, so that the new file stands on its own.
      this.#sessions.delete(sessionId);
    }
    const file = new AppendFile(path);
    this.#files.set(path, file);
    if (this.#files.size > MAX_OPEN_FILES) this.#closeOldest();
    return file;
  }

  #closeOldest(): void {
    for (const [path, file] of this.#files) {
      this.#files.delete(path);
      file.close();
      return;
    }
  }
}

/** Cuts torn last lines in the newest folders; returns how many there were. */
function repair(directory: string): number {
  let torn = 0;
  for (const folder of dateFolders(directory).slice(0, REPAIRED_FOLDERS)) {
    const path = join(directory, folder);
    for (const name of existsSync(path) ? readdirSync(path) : []) {
      if (name.endsWith('.jsonl') && cutTornLine(join(path, name))) torn += 1;
    }
  }
  return torn;
}
