/**
 * Finds texts and reads them back for the snippet. The index holds no text, so only the hits that are
 * shown cost a read.
 */
import type { Dialect } from '../../core/conversation.ts';
import type { ClientName } from '../../core/exchange.ts';
import type { SearchHit } from '../../core/ports.ts';
import type { Database, Statement } from '../database.ts';
import type { SegmentReader } from '../segments/segment-store.ts';
import { partsFromJson } from '../sqlite/parts.ts';
import { type DocSource, type DocText, elementTexts, partTexts, valueTexts } from './doc-text.ts';
import { parseQuery, type Term } from './query.ts';
import { snippetOf } from './snippet.ts';

interface HitRow {
  readonly score: number;
  readonly kind: SearchHit['kind'];
  readonly source: DocSource;
  readonly segment_key: number;
  readonly part: number;
  readonly exchange_id: string;
  readonly session_id: string;
  readonly started_at: number;
  readonly client: ClientName;
  readonly model: string | null;
  readonly dialect: Dialect | null;
}

/** Of a common word the newest are ranked: ranking a million would take seconds. */
const MAX_CANDIDATES = 2_000;
const HALF_LIFE_MS = 30 * 24 * 3_600_000;
/** How much better the newest hit ranks than a very old one of the same worth. */
const RECENCY_BONUS = 0.5;

export class TextSearch {
  readonly #segments: SegmentReader;
  readonly #find: Statement<[string, number], HitRow>;

  constructor(database: Database, segments: SegmentReader) {
    this.#segments = segments;
    this.#find = database.prepare(`
      WITH hits AS MATERIALIZED (
        SELECT rowid AS doc_key, bm25(texts) AS score FROM texts
        WHERE texts MATCH ? ORDER BY rowid DESC LIMIT ?)
      SELECT score, kind, source, segment_key, part, exchange_id, session_id,
        exchanges.started_at, origins.client, coalesce(exchanges.model_used, model) AS model, dialect
      FROM hits JOIN docs USING (doc_key) JOIN exchanges USING (exchange_key)
        JOIN origins USING (origin_key) JOIN sessions ON sessions.session_key = exchanges.session_key`);
  }

  /** Best first. Whatever is typed, there is an answer: empty for what holds no word. */
  search(typed: string, limit: number): SearchHit[] {
    const query = parseQuery(typed);
    if (query === null) return [];
    const rows = rank(this.#find.all(query.match, MAX_CANDIDATES)).slice(0, limit);
    return rows.flatMap((row) => this.#hitOf(row, query.terms));
  }

  #hitOf(row: HitRow, terms: readonly Term[]): SearchHit[] {
    const text = this.#textsOf(row)[row.part]?.text;
    if (text === undefined) return [];
    const snippet = snippetOf(text, terms);
    return [
      {
        sessionId: row.session_id,
        exchangeId: row.exchange_id,
        at: row.started_at,
        client: row.client,
        model: row.model,
        kind: row.kind,
        snippet: snippet.text,
        marks: snippet.marks,
      },
    ];
  }

  #textsOf(row: HitRow): DocText[] {
    const bytes = this.#segments.get(row.segment_key);
    if (row.source === 'answer') return partTexts(partsFromJson(bytes), 'assistant');
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (row.source === 'value') return valueTexts(value);
    return row.dialect === null ? [] : elementTexts(value, row.dialect);
  }
}

/** bm25 gives better matches lower (negative) numbers; age is counted from the newest hit. */
function rank(rows: readonly HitRow[]): HitRow[] {
  const newest = rows.reduce((latest, row) => Math.max(latest, row.started_at), 0);
  const worth = (row: HitRow): number =>
    row.score * (1 + RECENCY_BONUS * 2 ** ((row.started_at - newest) / HALF_LIFE_MS));
  return rows.toSorted((a, b) => worth(a) - worth(b));
}
