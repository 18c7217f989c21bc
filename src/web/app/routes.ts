/** The address bar as React sees it; what addresses mean is in text/route.ts. */
import { navigate, usePathname, useSearch } from 'wouter/use-browser-location';
import { parentPath, type Route, routeOf } from './text/route.ts';

/** Marks entries of the browser's history that this page made: going back from them stays here. */
const OWN = 'lunaroute';

export function go(path: string, { replace = false }: { replace?: boolean } = {}): void {
  navigate(path, { replace, state: replace ? window.history.state : OWN });
}

/** To where one came from; from a link that was opened from elsewhere, one level up. */
export function leave(): void {
  if (window.history.state === OWN) window.history.back();
  else go(parentPath(routeOf(window.location.pathname)), { replace: true });
}

export function useRoute(): Route {
  return routeOf(usePathname());
}

/** The words after `?`, and a function that changes some of them (`null` takes one away). */
export function useWords(): readonly [
  URLSearchParams,
  (change: Readonly<Record<string, string | null>>, how?: { replace?: boolean }) => void,
] {
  const search = useSearch();
  const words = new URLSearchParams(search);
  return [
    words,
    (change, how = { replace: true }) => {
      const next = new URLSearchParams(window.location.search);
      for (const [name, value] of Object.entries(change)) {
        if (value === null || value === '') next.delete(name);
        else next.set(name, value);
      }
      const text = next.toString();
      go(`${window.location.pathname}${text === '' ? '' : `?${text}`}`, how);
    },
  ];
}
