/**
 * How an exchange ended, from what the sockets saw and what the provider said. Pure. What the
 * provider itself reported outranks how the connection ended: a client that has read an error event,
 * or the last event of an answer, may close before the chunked framing is complete.
 */
import type { ResponseView } from '../../core/conversation.ts';
import type { Outcome } from '../../core/exchange.ts';
import type { EndCause } from '../../core/tap.ts';

export interface EndFacts {
  readonly cause: EndCause;
  readonly status: number | null;
  /** null when the dialect is unknown, or the answer could not be read. */
  readonly view: ResponseView | null;
  /** The answer was an event stream that the recorder read without a gap. */
  readonly isReadStream: boolean;
}

export interface Ending {
  readonly outcome: Outcome;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
}

/** The outcome, by the rules at `Outcome` in core/exchange.ts. */
export function endingOf(facts: EndFacts): Ending {
  const { cause, view } = facts;
  switch (cause.kind) {
    case 'shutdown':
      return ending('interrupted', 'shutdown', 'LunaRoute stopped before the answer ended');
    case 'no-answer':
      return ending('failed', cause.code, cause.message);
    default:
  }
  if (view?.error) return ending('failed', view.error.type, view.error.message);
  switch (cause.kind) {
    case 'upstream-cut':
      return ending('incomplete', cause.code, cause.message);
    case 'client-gone':
      // Codex and some SDKs hang up right after the terminal event: the answer was whole.
      return view?.isComplete && facts.isReadStream
        ? ending('completed', null, null)
        : ending('aborted', 'client-gone', null);
    case 'done':
      return endingOfWhole(facts);
  }
}

/** The connection ended cleanly: only the content can still say that something is missing. */
function endingOfWhole({ status, view, isReadStream }: EndFacts): Ending {
  if (status === null) return ending('failed', 'bad-response', 'the answer had no status');
  if (status >= 400) return ending('failed', `http-${status}`, null);
  const isUnfinished = isReadStream && view !== null && !view.isComplete;
  // Some compatible servers send a stop reason but no terminal event: that answer is whole.
  if (isUnfinished && view.stopReason === null) {
    return ending(
      'incomplete',
      'stream-unfinished',
      'the stream ended without its final event, though the connection closed cleanly',
    );
  }
  return ending('completed', null, null);
}

function ending(outcome: Outcome, errorCode: string | null, errorMessage: string | null): Ending {
  return { outcome, errorCode, errorMessage };
}
