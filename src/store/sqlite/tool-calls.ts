/**
 * Writes `tool_calls`: what the model asked for, joined by its id to the result the client sent back.
 * A result counts once, however often the history re-sends it.
 */
import type { ExchangeEnd, ExchangeRequest } from '../../core/exchange.ts';
import { ownResult } from '../../core/own-result.ts';
import { truncate } from '../../core/text.ts';
import type { Database, Statement } from '../database.ts';
import { LruMap } from '../lru.ts';

/** An exchange as its rows name it. */
export interface ExchangeKeys {
  readonly exchange: number;
  readonly session: number;
}

interface CallRow {
  readonly exchange: number;
  readonly position: number;
  readonly session: number;
  readonly callId: string;
  readonly name: string;
  readonly arguments: string;
  readonly argumentBytes: number;
  readonly requestedAt: number;
  readonly isError: number | null;
  readonly resultBytes: number | null;
  readonly resultAt: number | null;
}

interface ResultRow {
  readonly exchange: number;
  readonly session: number;
  readonly callId: string;
  readonly at: number;
  readonly isError: number | null;
  readonly bytes: number;
}

/** A call that waits for its result. */
interface OpenCall {
  readonly askedBy: number;
  readonly position: number;
}

interface SeenResult {
  readonly row: ResultRow;
  readonly isJoined: boolean;
}

/** Enough for a line of a table; the answer's parts hold the whole. A longer row would cost a page. */
const MAX_ARGUMENTS = 200;
const MAX_ID = 255;
const REMEMBERED_RESULTS = 50_000;
const REMEMBERED_CALLS = 5_000;
/**
 * A compressed answer is decoded in the background, so its end may be written after the request that
 * carries its tools' results; both stamps are then within this time.
 */
const OVERTAKING_MS = 1_000;

export class ToolCallRows {
  readonly #ask: Statement<[CallRow]>;
  readonly #find: Statement<[ResultRow], OpenCall>;
  readonly #answer: Statement<[ResultRow & OpenCall]>;
  /** Calls that wait for their results: the newest of each id. */
  readonly #open = new LruMap<string, OpenCall>(REMEMBERED_CALLS);
  /** Results seen: a history of hundreds of them comes again with every request. */
  readonly #seen = new LruMap<string, SeenResult>(REMEMBERED_RESULTS);

  constructor(database: Database) {
    this.#ask = database.prepare(`
      INSERT OR REPLACE INTO tool_calls (
        exchange_key, position, session_key, call_id, name, arguments, requested_at,
        is_error, result_bytes, result_at, argument_bytes
      ) VALUES (
        @exchange, @position, @session, @callId, @name, @arguments, @requestedAt,
        @isError, @resultBytes, @resultAt, @argumentBytes
      )`);
    // Some servers number their calls anew in every answer: the newest open call of that id is meant.
    // SQLite (with STAT4) plans this anew each time: it is asked only for calls that were forgotten.
    this.#find = database.prepare(`
      SELECT exchange_key AS askedBy, position FROM tool_calls
      WHERE session_key = @session AND call_id = @callId AND result_at IS NULL
        AND exchange_key <> @exchange
      ORDER BY exchange_key DESC, position DESC LIMIT 1`);
    this.#answer = database.prepare(`
      UPDATE tool_calls SET result_exchange_key = @exchange, result_at = @at, is_error = @isError,
        result_bytes = @bytes, duration_ms = max(0, @at - requested_at)
      WHERE exchange_key = @askedBy AND position = @position AND result_at IS NULL`);
  }

  asked(keys: ExchangeKeys, end: ExchangeEnd): void {
    end.toolCalls.forEach((call, position) => {
      const own = ownResult(end.parts, call.id);
      this.#ask.run({
        ...keys,
        position,
        callId: truncate(call.id, MAX_ID),
        name: truncate(call.name, MAX_ID),
        arguments: truncate(call.arguments, MAX_ARGUMENTS),
        argumentBytes: Buffer.byteLength(call.arguments),
        requestedAt: end.endedAt,
        isError: own === null ? null : flag(own.isError),
        resultBytes: own === null ? null : Buffer.byteLength(own.text),
        resultAt: own === null ? null : end.endedAt,
      });
      const key = joinKey(keys.session, call.id);
      if (own === null) this.#open.set(key, { askedBy: keys.exchange, position });
      this.#joinEarly(key, end.endedAt);
    });
  }

  /** Newest result first: with repeated ids the last one belongs to the newest call. */
  answered(keys: ExchangeKeys, request: ExchangeRequest): void {
    for (const result of request.toolResults.toReversed()) {
      const key = joinKey(keys.session, result.id);
      if (this.#seen.get(key) !== undefined) continue;
      const row = {
        ...keys,
        callId: truncate(result.id, MAX_ID),
        at: request.startedAt,
        isError: flag(result.isError),
        bytes: result.bytes,
      };
      this.#seen.set(key, { row, isJoined: this.#join(row) });
    }
  }

  /** Forgets what was seen: needed after a rollback. */
  forget(): void {
    this.#seen.clear();
    this.#open.clear();
  }

  /** Whether a call waited for it. */
  #join(row: ResultRow): boolean {
    const key = joinKey(row.session, row.callId);
    const known = this.#open.get(key);
    this.#open.delete(key);
    if (known !== undefined && known.askedBy !== row.exchange) {
      if (this.#answer.run({ ...row, ...known }).changes > 0) return true;
    }
    const call = this.#find.get(row);
    if (call === undefined) return false;
    this.#answer.run({ ...row, ...call });
    return true;
  }

  /** A new call makes an earlier result of the same id history, unless that one was waiting for it. */
  #joinEarly(key: string, requestedAt: number): void {
    const early = this.#seen.get(key);
    if (early === undefined) return;
    const isWaiting = !early.isJoined && early.row.at >= requestedAt - OVERTAKING_MS;
    if (isWaiting) this.#seen.set(key, { ...early, isJoined: this.#join(early.row) });
    else this.#seen.delete(key);
  }
}

function joinKey(session: number, id: string): string {
  return `${session}:${id}`;
}

function flag(value: boolean | null): number | null {
  return value === null ? null : Number(value);
}
