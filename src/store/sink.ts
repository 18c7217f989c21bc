/**
 * A sink is one place where the recorder writes (SQLite, JSONL). Items arrive in the order of
 * events, already redacted; writing the same item twice must change nothing. A sink may throw: the
 * recorder keeps the batch and tries again.
 */
import type { RequestView } from '../core/conversation.ts';
import type { ExchangeEnd, ExchangeRequest } from '../core/exchange.ts';
import type { Cut } from './segments/cut.ts';

export type SinkItem =
  | {
      readonly kind: 'request';
      readonly request: ExchangeRequest;
      readonly view: RequestView | null;
      /** As on the wire; shorter than requestBody.bytes when truncated. */
      readonly body: Uint8Array;
      /** `body` without its content-encoding: the same array when there is none; null when it could not be decoded. */
      readonly decoded: Uint8Array | null;
      /** `decoded`, cut already; null or missing where it was not. */
      readonly cut?: Cut | null;
    }
  | {
      readonly kind: 'end';
      readonly request: ExchangeRequest;
      readonly end: ExchangeEnd;
      /** As on the wire. */
      readonly body: Uint8Array;
    };

export interface Sink {
  write(items: readonly SinkItem[]): void;
  close(): void;
}
