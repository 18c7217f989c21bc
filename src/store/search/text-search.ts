/**
 * Finds texts and reads them back, to look at what the index cannot tell (the signs in `foo_bar`) and
 * for the snippet. The index holds no text, so only the best candidates cost a read.
 */
import type { SearchHit, SearchOptions } from '../../core/ports.ts';
import { parseSearch, type SearchQuery, type SearchTerm } from '../../core/search-query.ts';
import type { Database, Statement } from '../database.ts';
import type { SegmentReader } from '../segments/segment-store.ts';
import { type Condition, conditionOf } from './filter-sql.ts';
import { HitReader, type HitRow } from './hit-reader.ts';
import { exactMatch, insideMatch } from './match.ts';
import type { WordReader } from './words.ts';

/** Of a common word the newest are ranked: ranking a million would take seconds. */
const MAX_CANDIDATES = 2_000;
/** Texts that are read to find those that hold an identifier just so. */
const MAX_READS = 400;
/** Words of the index that an identifier's edge is tried as. */
const MAX_COMPLETIONS = 60;
/** A shorter edge would be any word's. */
const MIN_PART = 3;
const HALF_LIFE_MS = 30 * 24 * 3_600_000;
/** How much better the newest hit ranks than a very old one of the same worth. */
const RECENCY_BONUS = 0.5;

const COLUMNS = `doc_key, kind, source, segment_key, part, docs.session_key AS doc_session,
  exchange_id, session_id, session_source, project, exchanges.started_at, origins.client,
  coalesce(exchanges.model_used, model) AS model, dialect`;
const JOINED = `CROSS JOIN exchanges USING (exchange_key) CROSS JOIN origins USING (origin_key)
  CROSS JOIN sessions ON sessions.session_key = exchanges.session_key`;

interface Search extends SearchQuery {
  readonly condition: Condition;
  readonly limit: number;
}

export class TextSearch {
  readonly #database: Database;
  readonly #reader: HitReader;
  readonly #words: WordReader;
  readonly #rank: Statement<[string, number], HitRow>;

  constructor(database: Database, segments: SegmentReader, words: WordReader) {
    this.#database = database;
    this.#reader = new HitReader(database, segments);
    this.#words = words;
    this.#rank = database.prepare(`
      WITH hits AS MATERIALIZED (
        SELECT rowid AS doc_key, bm25(texts) AS score FROM texts
        WHERE texts MATCH ? ORDER BY rowid DESC LIMIT ?)
      SELECT score, ${COLUMNS} FROM hits CROSS JOIN docs USING (doc_key) ${JOINED}`);
  }

  /** Best first. Empty for what holds no word and no filter; throws parseSearch()'s UserError. */
  search(typed: string, { limit, now = Date.now() }: SearchOptions): SearchHit[] {
    const query = parseSearch(typed, now);
    const search = { ...query, limit, condition: conditionOf(query.filters) };
    const match = exactMatch(query.terms);
    if (match === null) return query.filters.length === 0 ? [] : this.#newest(search);
    const hits = this.#ranked(search, match, new Set());
    return hits.length >= limit ? hits : this.#inside(search, hits);
  }

  /** Then what holds the identifiers inside longer ones; where nothing was found, any of the words. */
  #inside(search: Search, hits: SearchHit[]): SearchHit[] {
    const terms = hits.length > 0 ? search.terms : search.terms.map(asWritten);
    const match = insideMatch(terms, (term) => this.#completions(term));
    if (match === null || match === exactMatch(search.terms)) return hits;
    const more = { ...search, terms, limit: search.limit - hits.length };
    return [...hits, ...this.#ranked(more, match, new Set(hits.map(placeOf)))];
  }

  /** The index's words that the term may begin with, itself first. */
  #completions({ literal, words }: SearchTerm): readonly string[] {
    const [first = ''] = words;
    if (first.length < MIN_PART) return [first];
    const found =
      literal === first
        ? this.#words.containing(first, MAX_COMPLETIONS)
        : this.#words.ending(first, MAX_COMPLETIONS);
    return [...new Set([first, ...found])];
  }

  #ranked(search: Search, match: string, known: ReadonlySet<string>): SearchHit[] {
    const rows =
      search.filters.length === 0
        ? this.#rank.all(match, MAX_CANDIDATES)
        : this.#filtered(search, match);
    return this.#read(rank(rows), search, known);
  }

  /** The filters stand inside: of a common word the newest that pass are ranked, not those that pass of the newest. */
  #filtered({ condition }: Search, match: string): HitRow[] {
    return this.#database
      .prepare<(string | number)[], HitRow>(
        `SELECT bm25(texts) AS score, ${COLUMNS}
         FROM texts CROSS JOIN docs ON doc_key = texts.rowid ${JOINED}
         WHERE texts MATCH ? AND ${condition.sql} ORDER BY texts.rowid DESC LIMIT ?`,
      )
      .all(match, ...condition.values, MAX_CANDIDATES);
  }

  /** Filters alone: the newest texts that pass. */
  #newest(search: Search): SearchHit[] {
    const rows = this.#database
      .prepare<(string | number)[], HitRow>(
        `SELECT 0 AS score, ${COLUMNS} FROM docs ${JOINED}
         WHERE ${search.condition.sql} ORDER BY doc_key DESC LIMIT ?`,
      )
      .all(...search.condition.values, MAX_READS);
    return this.#read(rows, search, new Set());
  }

  #read(rows: readonly HitRow[], search: Search, known: ReadonlySet<string>): SearchHit[] {
    const hits: SearchHit[] = [];
    for (const row of rows.slice(0, MAX_READS)) {
      const hit = this.#reader.read(row, search);
      if (hit !== null && !known.has(placeOf(hit))) hits.push(hit);
      if (hits.length >= search.limit) break;
    }
    return hits;
  }
}

function asWritten(term: SearchTerm): SearchTerm {
  const isWord = term.literal === null && term.words.length === 1 && !term.isNot;
  return isWord ? { ...term, literal: term.words[0] ?? null } : term;
}

function placeOf(hit: SearchHit): string {
  return `${hit.exchangeId} ${hit.kind} ${hit.snippet}`;
}

/** bm25 gives better matches lower (negative) numbers; age is counted from the newest hit. */
function rank(rows: readonly HitRow[]): HitRow[] {
  const newest = rows.reduce((latest, row) => Math.max(latest, row.started_at), 0);
  const worth = (row: HitRow): number =>
    row.score * (1 + RECENCY_BONUS * 2 ** ((row.started_at - newest) / HALF_LIFE_MS));
  return rows.toSorted((a, b) => worth(a) - worth(b));
}
