/** Reads the text of a candidate back, checks what the index cannot know, and makes the hit of it. */
import type { Dialect } from '../../core/conversation.ts';
import type { ClientName, SessionSource } from '../../core/exchange.ts';
import { fold } from '../../core/fold.ts';
import type { SearchHit } from '../../core/ports.ts';
import { resumeCommand } from '../../core/resume.ts';
import type { SearchQuery } from '../../core/search-query.ts';
import type { Database, Statement } from '../database.ts';
import type { SegmentReader } from '../segments/segment-store.ts';
import { partsFromJson } from '../sqlite/parts.ts';
import { type DocSource, type DocText, elementTexts, partTexts, valueTexts } from './doc-text.ts';
import { patternOf } from './match.ts';
import { snippetOf } from './snippet.ts';

export interface HitRow {
  readonly score: number;
  readonly kind: SearchHit['kind'];
  readonly source: DocSource;
  readonly segment_key: number;
  readonly part: number;
  readonly doc_session: number;
  readonly exchange_id: string;
  readonly session_id: string;
  readonly session_source: SessionSource;
  readonly project: string | null;
  readonly started_at: number;
  readonly client: ClientName;
  readonly model: string | null;
  readonly dialect: Dialect | null;
}

/** Only then is the id one that the client knows. */
const CLIENT_IDS: ReadonlySet<SessionSource> = new Set(['header', 'metadata', 'prompt-cache-key']);

export class HitReader {
  readonly #segments: SegmentReader;
  readonly #toolOf: Statement<[number, string], string>;

  constructor(database: Database, segments: SegmentReader) {
    this.#segments = segments;
    this.#toolOf = database
      .prepare<[number, string], string>(
        'SELECT name FROM tool_calls WHERE session_key = ? AND call_id = ? LIMIT 1',
      )
      .pluck();
  }

  /** Null when the text is not one that is looked for. */
  read(row: HitRow, query: SearchQuery): SearchHit | null {
    const doc = this.#textsOf(row)[row.part];
    if (doc === undefined || !this.#isOfTools(doc, row, query) || !holds(doc.text, query)) {
      return null;
    }
    const snippet = snippetOf(
      doc.text,
      query.terms.filter((term) => !term.isNot),
    );
    const isKnown = CLIENT_IDS.has(row.session_source);
    return {
      sessionId: row.session_id,
      exchangeId: row.exchange_id,
      at: row.started_at,
      client: row.client,
      model: row.model,
      project: row.project,
      resume: isKnown ? resumeCommand(row.client, row.session_id) : null,
      kind: row.kind,
      snippet: snippet.text,
      marks: snippet.marks,
    };
  }

  /** An exchange may call several tools: the text itself must be of the one. */
  #isOfTools(doc: DocText, row: HitRow, { filters }: SearchQuery): boolean {
    return filters.every((filter) => {
      if (filter.name !== 'tool' || filter.isNot) return true;
      const called =
        doc.callId === undefined ? undefined : this.#toolOf.get(row.doc_session, doc.callId);
      const name = doc.toolName ?? called ?? '';
      return fold(name).includes(filter.value);
    });
  }

  #textsOf(row: HitRow): DocText[] {
    const bytes = this.#segments.get(row.segment_key);
    if (row.source === 'answer') return partTexts(partsFromJson(bytes), 'assistant');
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (row.source === 'value') return valueTexts(value);
    return row.dialect === null ? [] : elementTexts(value, row.dialect);
  }
}

/** What the index has answered already is not asked again: words, where no sign matters. */
function holds(text: string, { terms }: SearchQuery): boolean {
  const asked = terms.filter((term) => term.isNot || term.literal !== null);
  if (asked.length === 0) return true;
  const folded = fold(text);
  return asked.every((term) => patternOf(term).test(folded) !== term.isNot);
}
