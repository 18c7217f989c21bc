/**
 * The clock marks of one exchange and the durations made of them. All marks are the proxy worker's
 * monotonic milliseconds; what was not marked stays null and is never guessed.
 */
import type { Timing } from '../../core/exchange.ts';
import type { TokenGaps } from '../../core/latency.ts';

export interface Marks {
  readonly opened: number;
  received: number | null;
  sent: number | null;
  connectMs: number | null;
  /** Response head in, and written to the client. */
  head: number | null;
  headWritten: number | null;
  firstToken: number | null;
  ended: number | null;
}

export function makeMarks(opened: number): Marks {
  return {
    opened,
    received: null,
    sent: null,
    connectMs: null,
    head: null,
    headWritten: null,
    firstToken: null,
    ended: null,
  };
}

/** Durations since the request's first byte, in milliseconds. */
export function timingOf(marks: Marks, tokenGaps: TokenGaps | null): Timing {
  const since = (mark: number | null): number | null =>
    mark === null ? null : Math.max(0, mark - marks.opened);
  return {
    received: since(marks.received),
    sent: since(marks.sent),
    connect: marks.connectMs,
    firstByte: since(marks.head),
    firstToken: since(marks.firstToken),
    ended: since(marks.ended),
    overhead: overheadOf(marks),
    tokenGaps,
  };
}

/** A streamed upload is sent before it is received whole: then nothing was added on the way up. */
function overheadOf({ received, sent, connectMs, head, headWritten }: Marks): number | null {
  if (received === null || sent === null || head === null || headWritten === null) return null;
  const up = Math.max(0, sent - received - (connectMs ?? 0));
  return up + Math.max(0, headWritten - head);
}
