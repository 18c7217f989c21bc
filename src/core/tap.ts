/**
 * The language between the proxy worker and the recorder worker: what crossed the sockets and when.
 * The proxy copies bytes into a slab (one ArrayBuffer, transferred) and describes them by records;
 * nothing is parsed on the proxy's side.
 *
 * Times `t` are milliseconds of the proxy worker's performance.now(): only differences mean anything.
 */
import type { Dialect } from './conversation.ts';

/** Bytes inside the batch's slab. */
interface SlabRange {
  readonly offset: number;
  readonly length: number;
}

export type TapDirection = 'request' | 'response';

/** Why the proxy ended an exchange. `code` is set for every cause but `done`. */
export type EndCause =
  | { readonly kind: 'done' }
  | { readonly kind: 'client-gone' }
  | { readonly kind: 'upstream-cut'; readonly code: FailureCode; readonly message: string }
  | { readonly kind: 'no-answer'; readonly code: FailureCode; readonly message: string }
  | { readonly kind: 'shutdown' };

/** Closed list of LunaRoute's own failure reasons. */
export type FailureCode =
  | 'connect-refused'
  | 'connect-timeout'
  | 'dns'
  | 'tls'
  | 'reset'
  | 'closed'
  | 'bad-response'
  | 'headers-timeout'
  | 'idle-timeout'
  | 'ambiguous-provider'
  | 'unknown-path'
  | 'login-expired'
  | 'needs-http'
  | 'body-too-large'
  | 'bad-request'
  | 'proxy-error';

export interface OpenRecord {
  readonly kind: 'open';
  readonly id: string;
  readonly t: number;
  /** Wall clock, epoch milliseconds. */
  readonly at: number;
  readonly transport: 'http' | 'websocket';
  readonly method: string;
  /** The request target as sent: path and query. */
  readonly target: string;
  /** Flat name, value list as received, credentials included: mask before it leaves the recorder. */
  readonly headers: readonly string[];
  readonly clientAddress: string;
  readonly provider: string;
  readonly dialect: Dialect | null;
  readonly upstream: string;
}

export type TapRecord =
  | OpenRecord
  /** Bytes of a body, as they crossed the wire. `t`: after they were written to the other side. */
  | {
      readonly kind: 'bytes';
      readonly id: string;
      readonly t: number;
      readonly direction: TapDirection;
      readonly range: SlabRange;
      /** WebSockets only, which have no other marks: milliseconds from their arrival to `t`. */
      readonly heldMs: number | null;
    }
  /** Bytes that the queue's bound kept from the recorder. */
  | {
      readonly kind: 'dropped';
      readonly id: string;
      readonly direction: TapDirection;
      readonly bytes: number;
    }
  /** The client's request has arrived whole. */
  | { readonly kind: 'received'; readonly id: string; readonly t: number }
  /** The first byte went to the provider; `connectMs` null when the connection was reused. */
  | {
      readonly kind: 'sent';
      readonly id: string;
      readonly t: number;
      readonly connectMs: number | null;
    }
  | {
      readonly kind: 'head';
      readonly id: string;
      readonly t: number;
      /** When the head had been written to the client. */
      readonly written: number;
      readonly status: number;
      readonly headers: readonly string[];
    }
  | { readonly kind: 'end'; readonly id: string; readonly t: number; readonly cause: EndCause };

/** One message from the proxy worker to the recorder worker. */
export interface TapBatch {
  readonly slab: ArrayBuffer;
  readonly records: readonly TapRecord[];
}

/** Int32/BigInt64 counters in shared memory, read and written by both workers without messages. */
export const TAP_COUNTERS = {
  /** Bytes posted and not yet taken by the recorder. */
  queuedBytes: 0,
  droppedBytes: 1,
  droppedExchanges: 2,
  /** Open sockets to providers; a gauge. */
  upstreamConnections: 3,
  /** Further attempts after one of which no byte can have reached the provider. */
  upstreamRetries: 4,
  /** Open WebSocket tunnels; a gauge. */
  webSockets: 5,
  /** WebSocket frames, both directions. */
  webSocketFrames: 6,
  /** Microseconds that the recorder spent writing batches. */
  batchMicros: 7,
  /** The first of one counter per bound of BATCH_BOUNDS_MS, and one for what took longer. */
  batches: 8,
} as const;
export const BATCH_BOUNDS_MS: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000];
export const TAP_COUNTER_COUNT = TAP_COUNTERS.batches + BATCH_BOUNDS_MS.length + 1;

export type TapCounters = BigInt64Array<SharedArrayBuffer>;
