/** Puts the texts of an exchange that is already stored into the full-text index. */
import type { Database, Statement } from '../database.ts';
import { type ExchangeRow, requestJsonOf } from '../history/exchange-row.ts';
import { type SegmentReader, SegmentStore } from '../segments/segment-store.ts';
import { partsFromJson } from '../sqlite/parts.ts';
import { TextIndex } from './text-index.ts';

const OPEN_BRACE = 0x7b;

export class ExchangeIndexer {
  readonly #segments: SegmentStore;
  readonly #index: TextIndex;
  readonly #session: Statement<[number], number>;

  constructor(database: Database) {
    this.#segments = new SegmentStore(database);
    this.#index = new TextIndex(database, this.#segments);
    this.#session = database
      .prepare<[number], number>('SELECT session_key FROM exchanges WHERE exchange_key = ?')
      .pluck();
  }

  /** Inside the caller's transaction. */
  add(row: ExchangeRow, segments: SegmentReader): void {
    if (row.dialect === null || row.auxiliary !== null) return;
    const keys = { exchange: row.exchange_key, session: this.#session.get(row.exchange_key) ?? 0 };
    const json = requestJsonOf(row, segments);
    if (json !== null && row.request_segment !== null) {
      const stored = segments.get(row.request_segment);
      const isPlain = stored[0] === OPEN_BRACE;
      const body = isPlain ? stored : Buffer.from(JSON.stringify(json));
      const layout = this.#segments.putLayout(body);
      this.#index.addRequest(keys, { dialect: row.dialect, body, layout });
    }
    if (row.parts_segment !== null) {
      const parts = partsFromJson(segments.get(row.parts_segment));
      this.#index.addAnswer(keys, parts, row.parts_segment);
    }
    this.#index.write();
  }

  /** Forgets what was seen: needed after a rollback, and when segments were deleted. */
  forget(): void {
    this.#segments.forget();
    this.#index.forget();
  }
}
