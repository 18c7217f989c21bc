/**
 * What the main thread and the recorder worker say to each other. Plain data; ports are transferred.
 */
import type { MessagePort } from 'node:worker_threads';
import type { FlowEvent } from '../core/events.ts';
import type { RecorderOptions } from '../core/options.ts';

export interface RecorderWorkerData {
  readonly options: RecorderOptions;
  /** Names this process's run in the database. */
  readonly instanceId: string;
  /** BigInt64 × TAP_COUNTER_COUNT, shared with the proxy worker. */
  readonly counters: SharedArrayBuffer;
  /** Brings TapBatch messages. */
  readonly tapPort: MessagePort;
}

/** Write everything, for at most `deadlineMs`, then answer `closed`; the thread ends by itself. */
export interface MainToRecorder {
  readonly type: 'close';
  readonly deadlineMs: number;
}

export type RecorderToMain =
  /** First message; `notices`: what a person should read once (a damaged file was set aside …). */
  | { readonly type: 'ready'; readonly notices: readonly string[] }
  /** What a person should read once, found later. */
  | { readonly type: 'notices'; readonly notices: readonly string[] }
  | { readonly type: 'events'; readonly events: readonly FlowEvent[] }
  /** Last message: everything that could be written is on disk. */
  | { readonly type: 'closed' };
