/**
 * The one event stream. It leaves the recorder worker already redacted, and everything that shows
 * something (TUI, web, metrics, log lines, summary) reads only this. Events are readonly plain data;
 * `seq` grows by one per event, across all exchanges of this run.
 */
import type { ExchangeEnd, ExchangeRequest } from './exchange.ts';
import type { Usage } from './usage.ts';

/** Totals of what the recorder had to give up, and why it is degraded now (empty: healthy). */
export interface RecorderStatus {
  readonly queueBytes: number;
  readonly droppedBytes: number;
  readonly writeErrors: number;
  /** One sentence per trouble: what is wrong and what to do. */
  readonly degraded: readonly string[];
}

export type FlowEvent = { readonly seq: number } & (
  | { readonly type: 'exchange.started'; readonly exchange: ExchangeRequest }
  | {
      readonly type: 'response.started';
      readonly exchangeId: string;
      readonly status: number;
      readonly firstByteMs: number;
    }
  /** Coalesced; the only event that may be dropped. `text` is what was added since the last one. */
  | {
      readonly type: 'response.progress';
      readonly exchangeId: string;
      readonly bytes: number;
      readonly kind: 'text' | 'thinking' | 'tool-call';
      readonly text: string;
      readonly usage: Usage | null;
    }
  | { readonly type: 'exchange.ended'; readonly end: ExchangeEnd }
  | { readonly type: 'recorder.status'; readonly status: RecorderStatus }
);

/** A FlowEvent before the stream has numbered it. */
export type UnnumberedEvent = FlowEvent extends infer E
  ? E extends FlowEvent
    ? Omit<E, 'seq'>
    : never
  : never;
