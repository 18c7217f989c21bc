/**
 * Where a session stands in a sorted list, so that the next page can begin behind it however many
 * came or went meanwhile. The store sorts by the same values. Pure.
 */
import { assertNever } from './assert.ts';
import type { SessionOrder, SessionPlace, SessionSummary } from './ports.ts';

export function sessionPlace(session: SessionSummary, order: SessionOrder): SessionPlace {
  return { value: sortedValue(session, order), sessionId: session.sessionId };
}

function sortedValue(session: SessionSummary, order: SessionOrder): number | string {
  switch (order) {
    case 'activity':
      return session.lastActivityAt;
    case 'started':
      return session.startedAt;
    case 'client':
      return session.client;
    case 'requests':
      return session.requests;
    case 'input':
      return session.usage?.input ?? 0;
    case 'output':
      return session.usage?.output ?? 0;
    case 'cache':
      return cacheShare(session);
    case 'cost':
      return session.cost.nanoUsd;
    case 'tools':
      return session.toolCalls;
    case 'errors':
      return session.errors;
    default:
      return assertNever(order);
  }
}

/** 0 to 1; below all others where there was no input. */
function cacheShare({ usage }: SessionSummary): number {
  return usage === null || usage.input === 0 ? -1 : usage.cacheRead / usage.input;
}
