/**
 * One request and its answer as somebody else's records tell it: in the shape of the wire, so that the
 * dialects read it like a captured one. Foreign values; nothing here is checked.
 */
import type { Dialect } from '../core/conversation.ts';
import type { ClientName, ExchangeEnd, ExchangeRequest, ImportSource } from '../core/exchange.ts';

export interface ImportedTurn {
  readonly source: ImportSource;
  /** It stands for a session of which nothing else is left. */
  readonly isWholeSession?: boolean;
  readonly sessionId: string;
  /** What the answer is known by; null where nothing refers to it. */
  readonly responseId: string | null;
  /** The provider gave it, so that a captured exchange has the same. */
  readonly hasOwnId: boolean;
  /** The provider's own id of the request; null where the records do not say. */
  readonly requestId: string | null;
  /** The answer that this request continues: its messages are not told again. */
  readonly previousResponseId: string | null;
  readonly client: ClientName;
  readonly clientVersion: string | null;
  readonly provider: string;
  readonly upstream: string;
  readonly dialect: Dialect;
  readonly target: string;
  readonly project: string | null;
  readonly agentId: string | null;
  readonly parentId: string | null;
  /** Epoch milliseconds, by the client's clock. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** A request body of the dialect, with what is new since `previousResponseId`. */
  readonly request: object;
  /** An answer of the dialect that was not streamed. */
  readonly response: object;
}

/** An exchange of LunaRoute's own: it stays what it was. */
export interface OwnExchange {
  readonly request: ExchangeRequest;
  /** null: it never ended, as far as the records tell. */
  readonly end: ExchangeEnd | null;
  /** As they were stored; null where they were not. */
  readonly requestBody: Uint8Array | null;
  readonly responseBody: Uint8Array | null;
}

/** A line that is no record: it is counted and passed over. */
export class BadLine extends Error {
  override readonly name = 'BadLine';
}

/** Reads one file, line by line. */
export interface TranscriptReader {
  /** The turns that are known to be whole now. Throws a BadLine; the next line may come all the same. */
  line(text: string): readonly (ImportedTurn | OwnExchange)[];
  /** No more lines are there: the rest. @param isSettled no more will come, either */
  end(isSettled: boolean): readonly (ImportedTurn | OwnExchange)[];
}
