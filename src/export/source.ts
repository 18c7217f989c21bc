/** What an export reads, and how it walks through it: one exchange in memory at a time. */
import type { ExchangeDetail, ExchangePage, History, SessionSummary } from '../core/ports.ts';

/** The part of a History that is needed. */
export interface ExportSource
  extends Pick<History, 'session' | 'exchange' | 'rawBody' | 'decodedBody'> {
  exchanges(sessionId: string, page: ExchangePage): readonly Pick<ExchangeDetail, 'id'>[];
}

/** Whole ids. Exchanges are exported alone, sessions with all of theirs. */
export interface ExportSelection {
  readonly sessions: readonly string[];
  readonly exchanges: readonly string[];
}

/** A session, or the one exchange of it that was asked for. */
export interface ExportGroup {
  readonly sessionId: string;
  readonly session: SessionSummary | null;
  /** Only these were asked for, not the session. */
  readonly isPart: boolean;
  /** Oldest first; may be walked once. */
  readonly exchanges: Iterable<ExchangeDetail>;
}

const PAGE = 100;

/** What retention deleted meanwhile is passed over. */
export function* groupsOf(
  source: ExportSource,
  { sessions, exchanges }: ExportSelection,
): Generator<ExportGroup, void> {
  for (const sessionId of sessions) {
    const session = source.session(sessionId);
    yield {
      sessionId: session?.sessionId ?? sessionId,
      session,
      isPart: false,
      exchanges: exchangesOf(source, sessionId),
    };
  }
  for (const id of exchanges) {
    const exchange = source.exchange(id);
    if (exchange === null) continue;
    const { sessionId } = exchange;
    const session = source.session(sessionId);
    yield { sessionId, session, isPart: true, exchanges: [exchange] };
  }
}

function* exchangesOf(source: ExportSource, sessionId: string): Generator<ExchangeDetail, void> {
  for (let offset = 0; ; offset += PAGE) {
    const page = source.exchanges(sessionId, { limit: PAGE, offset });
    for (const { id } of page) {
      const exchange = source.exchange(id);
      if (exchange !== null) yield exchange;
    }
    if (page.length < PAGE) return;
  }
}
