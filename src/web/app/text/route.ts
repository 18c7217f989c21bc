/**
 * Addresses of pages: what stands in the address bar is all that a page needs to know, so that links
 * can be kept, and back goes back. Ids come from the wire: they are always encoded. Pure.
 */
import { idOfSegment, pathSegment } from '../../../core/page-link.ts';

export const PAGES = ['dashboard', 'sessions', 'search', 'analytics', 'settings'] as const;
export type PageName = (typeof PAGES)[number];

export type Route =
  | { readonly page: PageName }
  | { readonly page: 'session' | 'exchange'; readonly id: string }
  | { readonly page: 'unknown' };

export function routeOf(path: string): Route {
  if (path === '/') return { page: 'dashboard' };
  const [first = '', id = '', ...rest] = path.slice(1).split('/');
  if (rest.length === 0 && id !== '') {
    const decoded = decode(id);
    if (decoded !== null && first === 'sessions') return { page: 'session', id: decoded };
    if (decoded !== null && first === 'exchanges') return { page: 'exchange', id: decoded };
  }
  const page = PAGES.find((name) => name === first);
  return id !== '' || page === undefined || page === 'dashboard' ? { page: 'unknown' } : { page };
}

function decode(text: string): string | null {
  try {
    return idOfSegment(decodeURIComponent(text));
  } catch {
    return null;
  }
}

export function pagePath(page: PageName): string {
  return page === 'dashboard' ? '/' : `/${page}`;
}

export function sessionPath(id: string, tab?: string): string {
  return `/sessions/${pathSegment(id)}${tab === undefined ? '' : `?tab=${tab}`}`;
}

export function exchangePath(id: string, tab?: string): string {
  return `/exchanges/${pathSegment(id)}${tab === undefined ? '' : `?tab=${tab}`}`;
}

/** One level up: what Escape goes to where there is nothing to go back to. */
export function parentPath({ page }: Route): string {
  return page === 'session' || page === 'exchange' ? pagePath('sessions') : pagePath('dashboard');
}

const TITLES: Readonly<Record<PageName, string>> = {
  dashboard: 'Dashboard',
  sessions: 'Sessions',
  search: 'Search',
  analytics: 'Analytics',
  settings: 'Settings',
};

export function pageTitle(page: PageName): string {
  return TITLES[page];
}
