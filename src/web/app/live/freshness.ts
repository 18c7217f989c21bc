/**
 * Events make answers old: what is on the screen is asked again, at most every two seconds and only
 * while somebody looks. The rest is asked again when it is shown.
 */
import type { Query, QueryClient } from '@tanstack/react-query';
import type { FlowEvent } from '../../../core/events.ts';
import { OLD_ON_EVENTS } from '../api/queries.ts';
import type { LiveStore } from './live-store.ts';

const ASK_EVERY_MS = 2000;
/** The recorder writes within 100 ms of the event; a little more is certainly enough. */
const WRITTEN_AFTER_MS = 250;
const MAX_PAGES = 2;

export function followEvents(live: LiveStore, queries: QueryClient): void {
  // The page asks for everything as it begins: not at once again for the first snapshot.
  let lastAt = Date.now();
  let timer: ReturnType<typeof setTimeout> | null = null;
  const ask = (): void => {
    timer = null;
    if (document.hidden) return;
    lastAt = Date.now();
    for (const name of OLD_ON_EVENTS) {
      queries.removeQueries({ queryKey: [name], type: 'inactive', predicate: isLong });
      void queries.invalidateQueries({ queryKey: [name], predicate: (query) => !isLong(query) });
    }
  };
  const plan = (): void => {
    if (timer !== null) return;
    timer = setTimeout(ask, Math.max(WRITTEN_AFTER_MS, lastAt + ASK_EVERY_MS - Date.now()));
  };
  live.onEvent((event) => {
    if (event === null || isOver(event)) plan();
    if (event?.type === 'exchange.ended') {
      const key = ['exchange', event.end.id];
      setTimeout(() => void queries.invalidateQueries({ queryKey: key }), WRITTEN_AFTER_MS);
    }
  });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) plan();
  });
}

/**
 * All pages of a list are asked again together: too much for somebody who has scrolled far down,
 * and who is not at its beginning, where the new things are.
 */
function isLong({ state }: Query): boolean {
  const { data }: { readonly data?: unknown } = state;
  return (
    typeof data === 'object' &&
    data !== null &&
    'pages' in data &&
    Array.isArray(data.pages) &&
    data.pages.length > MAX_PAGES
  );
}

function isOver({ type }: FlowEvent): boolean {
  return type === 'exchange.started' || type === 'exchange.ended';
}
