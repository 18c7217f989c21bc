/**
 * What a session's requests consisted of: their prompts piece by piece, for the cache. Reads stored bodies, so it
 * works for any age of history.
 */
import { hash } from 'node:crypto';
import type { CacheStep, PromptPiece } from '../../core/cache-explain.ts';
import { cachePieces } from '../../dialects/cache-pieces.ts';
import type { Database, Statement } from '../database.ts';
import type { SegmentReader } from '../segments/segment-store.ts';
import { unpackHeaders } from '../sqlite/headers.ts';
import { EXCHANGE_ROWS, type ExchangeRow, requestJsonOf, usageOf } from './exchange-row.ts';
import { priceableOf } from './priceable.ts';

interface Page {
  readonly session: string;
  readonly limit: number;
}

export class PromptQueries {
  readonly #segments: SegmentReader;
  readonly #newest: Statement<[Page], ExchangeRow>;

  constructor(database: Database, segments: SegmentReader) {
    this.#segments = segments;
    this.#newest = database.prepare(`${EXCHANGE_ROWS}
      WHERE session_key = (SELECT session_key FROM sessions WHERE session_id = @session)
        AND auxiliary IS NULL AND exchanges.input_tokens IS NOT NULL AND dialect IS NOT NULL
      ORDER BY exchanges.started_at DESC, exchange_key DESC LIMIT @limit`);
  }

  /** The newest `limit` turns, oldest first. */
  cacheSteps(session: string, limit: number): CacheStep[] {
    return this.#newest
      .all({ session, limit })
      .reverse()
      .flatMap((row) => this.#stepOf(row));
  }

  #stepOf(row: ExchangeRow): CacheStep[] {
    const usage = usageOf(row);
    const headers = unpackHeaders(row.request_headers, this.#segments);
    const priceable = priceableOf(row, headers);
    if (usage === null || priceable === null || row.dialect === null) return [];
    return [
      {
        exchangeId: row.exchange_id,
        startedAt: row.started_at,
        endedAt: row.ended_at ?? row.started_at,
        dialect: row.dialect,
        model: row.model_used ?? row.model ?? '',
        agentId: row.agent_id,
        isContinued: row.previous_response_id !== null,
        usage,
        pieces: this.#piecesOf(row),
        priceable,
      },
    ];
  }

  #piecesOf(row: ExchangeRow): PromptPiece[] {
    const body = requestJsonOf(row, this.#segments);
    if (body === null || row.dialect === null) return [];
    return cachePieces(row.dialect, body).map(({ name, text }) => ({
      name,
      hash: hash('sha1', text, 'base64'),
    }));
  }
}
