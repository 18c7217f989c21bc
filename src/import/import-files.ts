/**
 * Reads other programs' records file by file into the store: what is new in them, once. A file that did
 * not change since it was read to its end is not opened. May be ended at any moment; the next run goes
 * on where this one was.
 */
import type { Pricer } from '../core/cost.ts';
import type { ImportStore } from '../store/import/import-store.ts';
import { LruMap } from '../store/lru.ts';
import type { SinkItem } from '../store/sink.ts';
import type { SourceFile } from './find-files.ts';
import { idOf, itemsOf } from './items.ts';
import type { Line } from './lines.ts';
import { ownItems } from './own-items.ts';
import { BadLine, type ImportedTurn, type OwnExchange, type TranscriptReader } from './turn.ts';

interface BadRecord {
  readonly file: string;
  /** From 1; null when the file as a whole cannot be read. */
  readonly line: number | null;
  readonly reason: string;
}

export interface ImportResult {
  /** Of these, how many were the same as when they were last read. */
  readonly files: number;
  readonly unchanged: number;
  /** Bytes of the files that were read. */
  readonly bytes: number;
  /** Exchanges that were not there before. */
  readonly imported: number;
  /** Exchanges that were: imported earlier, or captured. */
  readonly known: number;
  readonly badLines: number;
  /** The first of them. */
  readonly bad: readonly BadRecord[];
  /** Files that are still being written: the end of them waits for another run. */
  readonly unsettled: number;
}

interface Progress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface ImportOptions {
  readonly store: ImportStore;
  readonly price: Pricer;
  readonly makeReader: () => TranscriptReader;
  /** Throws the system's error, or that of a damaged file. */
  readonly lines: (path: string) => Iterable<Line>;
  /** Called now and then, and may take its time. */
  readonly onProgress: (progress: Progress) => Promise<void>;
  /** Ends the import after what is being read. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Longer than a client takes between two lines of one answer that is being written. */
const SETTLED_MS = 10_000;
const MAX_LISTED = 1_000;
const REMEMBERED_PROMPTS = 10_000;
const PROGRESS_MS = 100;

export async function importFiles(
  files: readonly SourceFile[],
  options: ImportOptions,
): Promise<ImportResult> {
  const run = new ImportRun(files, options);
  try {
    for (const file of files) {
      if (options.signal.aborted) break;
      await run.file(file);
    }
  } finally {
    await options.store.flush();
  }
  return run.result;
}

class ImportRun {
  readonly #options: ImportOptions;
  readonly #totalBytes: number;
  readonly #bad: BadRecord[] = [];
  /** Answer → the last words of the person before it. */
  readonly #prompts = new LruMap<string, string>(REMEMBERED_PROMPTS);
  readonly #counts = { files: 0, unchanged: 0, bytes: 0, imported: 0, known: 0, unsettled: 0 };
  #badLines = 0;
  #doneBytes = 0;
  #toldAt = 0;

  constructor(files: readonly SourceFile[], options: ImportOptions) {
    this.#options = options;
    this.#totalBytes = files.reduce((sum, { size }) => sum + size, 0);
  }

  get result(): ImportResult {
    return { ...this.#counts, badLines: this.#badLines, bad: this.#bad };
  }

  async file(file: SourceFile): Promise<void> {
    this.#counts.files += 1;
    const before = this.#doneBytes;
    if (this.#options.store.isUnchanged(file)) this.#counts.unchanged += 1;
    else await this.#read(file);
    this.#doneBytes = before + file.size;
    await this.#tell();
  }

  async #read(file: SourceFile): Promise<void> {
    const { makeReader, lines, now, store, signal } = this.#options;
    const reader = makeReader();
    const before = this.#doneBytes;
    const isSettled = now() - file.modifiedAt > SETTLED_MS;
    try {
      for (const line of lines(file.path)) {
        // Half a line at the end of a file that is being written is no bad line.
        if (line.isWhole || isSettled) this.#line(reader, file, line);
        this.#doneBytes = before + Math.min(line.end, file.size);
        await store.room();
        await this.#tell();
        if (signal.aborted) return;
      }
    } catch (error) {
      this.#note({ file: file.path, line: null, reason: messageOf(error) });
      return;
    }
    for (const turn of reader.end(isSettled)) this.#add(turn);
    this.#counts.bytes += file.size;
    if (isSettled) store.finish(file);
    else this.#counts.unsettled += 1;
  }

  #line(
    reader: TranscriptReader,
    file: SourceFile,
    { text, number }: { text: string | null; number: number },
  ): void {
    try {
      if (text === null) throw new BadLine('too long');
      for (const turn of reader.line(text)) this.#add(turn);
    } catch (error) {
      if (!(error instanceof BadLine)) throw error;
      this.#note({ file: file.path, line: number, reason: error.message });
    }
  }

  #add(found: ImportedTurn | OwnExchange): void {
    const items = 'source' in found ? this.#itemsOf(found) : this.#ownItems(found);
    if (items === null) this.#counts.known += 1;
    else {
      this.#options.store.add(items);
      this.#counts.imported += 1;
    }
  }

  #ownItems(exchange: OwnExchange): SinkItem[] | null {
    const { id, sessionId } = exchange.request;
    // Its own id tells: a provider that numbers its answers anew may give the same twice.
    const own = { id, sessionId, responseId: null, hasOwnId: true, endedAt: 0 };
    return this.#options.store.has(own) ? null : ownItems(exchange);
  }

  /** null when it is there already. */
  #itemsOf(turn: ImportedTurn): SinkItem[] | null {
    const { store, price } = this.#options;
    if (store.has({ ...turn, id: idOf(turn) })) return null;
    if (turn.isWholeSession === true && store.hasSession(turn.sessionId)) return null;
    const { previousResponseId, responseId } = turn;
    const before =
      previousResponseId === null ? null : (this.#prompts.get(previousResponseId) ?? null);
    const { items, prompt } = itemsOf(turn, before, price);
    if (responseId !== null && prompt !== null) this.#prompts.set(responseId, prompt);
    return items;
  }

  #note(bad: BadRecord): void {
    this.#badLines += 1;
    if (this.#bad.length < MAX_LISTED) this.#bad.push(bad);
  }

  /** Gives way to signals and to who shows the progress. */
  async #tell(): Promise<void> {
    const at = performance.now();
    if (at - this.#toldAt < PROGRESS_MS) return;
    this.#toldAt = at;
    await this.#options.onProgress({ doneBytes: this.#doneBytes, totalBytes: this.#totalBytes });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
