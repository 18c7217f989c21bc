/**
 * Writes the full-text index: every text once per session, system prompts and tool definitions once
 * for all. Only what is new is parsed; the text itself is not stored again, a doc says where it is.
 */
import { hash } from 'node:crypto';
import type { Dialect, Part } from '../../core/conversation.ts';
import type { Database, Statement } from '../database.ts';
import { LruMap } from '../lru.ts';
import type { Piece as SentPiece } from '../segments/piece.ts';
import type { SegmentStore, StoredLayout } from '../segments/segment-store.ts';
import type { ExchangeKeys } from '../sqlite/tool-calls.ts';
import { type DocSource, type DocText, elementTexts, partTexts, valueTexts } from './doc-text.ts';
import { withoutNoise } from './noise.ts';
import { WordWriter } from './words.ts';

interface DocRow {
  readonly session: number;
  readonly exchange: number;
  readonly kind: string;
  readonly source: DocSource;
  readonly segment: number;
  readonly part: number;
  readonly textHash: number;
}

/** A piece of a request that may hold text not yet indexed. */
interface Piece {
  readonly property: string;
  readonly start: number;
  readonly end: number;
  readonly segment: number;
}

export interface RequestText {
  readonly dialect: Dialect;
  /** The decoded body, and what was stored of it. */
  readonly body: Uint8Array;
  readonly layout: StoredLayout;
}

/** A text that has its doc, and no place in the index yet. */
interface PendingText {
  readonly doc: number | bigint;
  readonly text: string;
}

/** Pieces seen, per session: forgetting one costs a parse and a look-up, no second doc. */
const REMEMBERED_PIECES = 100_000;
const CONVERSATION = new Set(['messages', 'input']);
const SHARED = new Set(['system', 'instructions', 'tools']);
const ALL_SESSIONS = 0;
const WORD = /[\p{L}\p{N}]/u;
/** Before the lines of a file that a tool has read: nobody searches for them, and lines that follow each other become one text. */
const LINE_NUMBER = /^ *\d+[\t→]/gm;

export class TextIndex {
  readonly #segments: SegmentStore;
  readonly #seen = new LruMap<string, true>(REMEMBERED_PIECES);
  /** The session that a piece was sent in last: most pieces of a request were in the one before. */
  #lastSessions = new WeakMap<SentPiece, number>();
  readonly #addDoc: Statement<[DocRow]>;
  readonly #addText: Statement<[number | bigint, string]>;
  readonly #words: WordWriter;
  #pending: PendingText[] = [];

  constructor(database: Database, segments: SegmentStore) {
    this.#segments = segments;
    this.#addDoc = database.prepare(`
      INSERT INTO docs (session_key, exchange_key, kind, source, segment_key, part, text_hash)
      VALUES (@session, @exchange, @kind, @source, @segment, @part, @textHash)
      ON CONFLICT (session_key, text_hash) DO NOTHING`);
    this.#addText = database.prepare('INSERT INTO texts (rowid, text) VALUES (?, ?)');
    this.#words = new WordWriter(database);
  }

  addRequest(keys: ExchangeKeys, request: RequestText): void {
    const { spans, shortStrings } = request.layout;
    for (const span of spans) {
      if (this.#lastSessions.get(span.piece) === keys.session) continue;
      this.#addPiece(keys, request, span);
      this.#lastSessions.set(span.piece, keys.session);
    }
    for (const short of shortStrings) {
      if (!CONVERSATION.has(short.property) && !SHARED.has(short.property)) continue;
      const segment = this.#segments.put(request.body.subarray(short.start, short.end));
      this.#addPiece(keys, request, { ...short, segment });
    }
  }

  addAnswer(keys: ExchangeKeys, parts: readonly Part[], segment: number): void {
    this.#addTexts(keys, partTexts(parts, 'assistant'), { source: 'answer', segment });
  }

  /**
   * Writes what was added: needed before the transaction ends. At once, since FTS5 writes what it has
   * gathered to its tables before each statement that could be undone by itself: between other
   * writes every text became a segment of its own, and merging them took a third of the time.
   */
  write(): void {
    const pending = this.#pending;
    this.#pending = [];
    for (const { doc, text } of pending) {
      this.#addText.run(doc, text);
      this.#words.add(text);
    }
  }

  /** Forgets what was seen: needed after a rollback, and when texts were deleted. */
  forget(): void {
    this.#pending = [];
    this.#seen.clear();
    this.#lastSessions = new WeakMap();
    this.#words.forget();
  }

  #addPiece(keys: ExchangeKeys, request: RequestText, piece: Piece): void {
    const isShared = SHARED.has(piece.property);
    if (!isShared && !CONVERSATION.has(piece.property)) return;
    const name = `${isShared ? ALL_SESSIONS : keys.session}:${piece.segment}`;
    if (this.#seen.get(name) !== undefined) return;
    this.#seen.set(name, true);
    const texts = readTexts(request.body.subarray(piece.start, piece.end), (value) =>
      isShared ? valueTexts(value) : elementTexts(value, request.dialect),
    );
    const source = isShared ? 'value' : 'element';
    this.#addTexts(keys, texts, { source, segment: piece.segment });
  }

  #addTexts(
    keys: ExchangeKeys,
    texts: readonly DocText[],
    from: { source: DocSource; segment: number },
  ): void {
    texts.forEach(({ kind, text }, part) => {
      if (!WORD.test(text)) return;
      const session = kind === 'system' ? ALL_SESSIONS : keys.session;
      const textHash = hashOf(text);
      const doc = this.#addDoc.run({ ...keys, session, kind, ...from, part, textHash });
      if (doc.changes === 0) return;
      const indexed = withoutNoise(text).replace(LINE_NUMBER, '');
      this.#pending.push({ doc: doc.lastInsertRowid, text: indexed });
    });
  }
}

/** Empties the index. What it was made from stays. */
export function clearIndex(database: Database): void {
  database
    .transaction(() => {
      database.exec("INSERT INTO texts (texts) VALUES ('delete-all')");
      database.exec('DELETE FROM docs');
      database.exec('DELETE FROM words');
    })
    .immediate();
}

/** None where the JSON is broken, or nested beyond what can be read: it is recorded all the same. */
function readTexts(json: Uint8Array, textsOf: (value: unknown) => DocText[]): DocText[] {
  try {
    return textsOf(JSON.parse(Buffer.from(json).toString('utf8')));
  } catch {
    return [];
  }
}

/** 48 bits, an exact number: among a session's 10,000 texts two meet once in 5 million sessions. */
function hashOf(text: string): number {
  return hash('sha256', text, 'buffer').readUIntBE(0, 6);
}
