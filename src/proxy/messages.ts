/**
 * What the main thread and the proxy worker say to each other. Plain data; ports are transferred.
 */
import type { MessagePort } from 'node:worker_threads';
import type { CodexLogin } from '../core/codex-login.ts';
import type { ProxyOptions } from '../core/options.ts';

export interface ProxyWorkerData {
  readonly options: ProxyOptions;
  /** BigInt64 × TAP_COUNTER_COUNT, shared with the recorder. */
  readonly counters: SharedArrayBuffer;
  readonly tapPort: MessagePort;
}

export type MainToProxy =
  /** A new recorder was started: batches go to this port from now on. */
  | { readonly type: 'tap'; readonly port: MessagePort }
  /** What is wrong with recording, for /readyz; empty when healthy. */
  | { readonly type: 'health'; readonly degraded: readonly string[] }
  /** Codex's login for a provider that has codexAuth; null when there is none. */
  | { readonly type: 'codex-login'; readonly provider: string; readonly login: CodexLogin | null }
  /** Accept nothing more, let running exchanges end for `deadlineMs`, then end the rest. */
  | { readonly type: 'drain'; readonly deadlineMs: number }
  | { readonly type: 'destroy' };

export type ProxyToMain =
  | { readonly type: 'listening'; readonly host: string; readonly port: number }
  | { readonly type: 'listen-failed'; readonly code: string; readonly message: string }
  /** `remaining`: exchanges that the deadline cut off. All their records have been posted. */
  | { readonly type: 'drained'; readonly remaining: number };
