/**
 * Where a screen gets what happens now: a snapshot, then every event after it. In the server's own
 * process, or over HTTP from a running server; a screen cannot tell which. A screen can never hold
 * up the source: listeners are called and not waited for.
 */
import type { FlowEvent } from './events.ts';
import type { LiveExchange, LiveState } from './live-state.ts';
import { type AccountLimits, accountKey } from './rate-limits.ts';
import { emptyReport } from './run-report.ts';

/** What a screen says about the server behind it. */
export interface ServerFacts {
  readonly version: string;
  readonly pid: number;
  /** Where clients connect. */
  readonly url: string;
  readonly startedAt: number;
  readonly isRecording: boolean;
  /** What to warn of for as long as it runs: it can be reached from other machines; else null. */
  readonly exposure: string | null;
  /** Where further screens attach; null when they cannot. */
  readonly uiUrl: string | null;
}

export type LiveUpdate =
  | { readonly type: 'event'; readonly event: FlowEvent }
  /** The state was taken anew: what was known before may have missed events. */
  | { readonly type: 'snapshot' }
  /** The server cannot be reached; a snapshot follows when it can again. */
  | { readonly type: 'lost'; readonly reason: string };

export interface LiveSource {
  readonly facts: ServerFacts;
  state(): LiveState;
  /** Returns the function that ends the subscription. */
  subscribe(listener: (update: LiveUpdate) => void): () => void;
}

/** A snapshot as JSON can carry it: the map of what runs becomes a list. */
export interface LiveSnapshot {
  readonly facts: ServerFacts;
  readonly seq: number;
  readonly total: LiveState['total'];
  readonly recorder: LiveState['recorder'];
  readonly running: readonly LiveExchange[];
  /** What providers last said about accounts. */
  readonly limits: readonly AccountLimits[];
}

/** Sessions' own sums stay behind: an attached screen reads them from the history. */
export function packSnapshot(facts: ServerFacts, state: LiveState): LiveSnapshot {
  const { seq, total, recorder, running, report } = state;
  return {
    facts,
    seq,
    total,
    recorder,
    running: [...running.values()],
    limits: [...report.limits.values()],
  };
}

export function unpackSnapshot(snapshot: LiveSnapshot): LiveState {
  const { seq, total, recorder, running, limits } = snapshot;
  return {
    seq,
    total,
    recorder,
    report: {
      ...emptyReport(),
      limits: new Map(limits.map((account) => [accountKey(account), account])),
    },
    sessions: new Map(),
    running: new Map(running.map((live) => [live.request.id, live])),
  };
}
