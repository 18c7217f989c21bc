/** The exchanges of a session before and after one of it. */
import type { ExchangeLine, ExchangePlace, History } from '../../core/ports.ts';

/** How far from a session's newest exchange the next one is looked for. */
const NEIGHBOURS = 2000;

export function olderExchange(
  history: History,
  sessionId: string,
  place: ExchangePlace,
): ExchangeLine | undefined {
  return history.timeline({ sessionId, limit: 1, before: place })[0];
}

export function newerExchange(
  history: History,
  sessionId: string,
  place: ExchangePlace,
): ExchangeLine | undefined {
  const lines = history.timeline({ sessionId, limit: NEIGHBOURS });
  return lines[lines.findIndex(({ id }) => id === place.id) - 1];
}
