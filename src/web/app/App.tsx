/** The frame around every page: navigation, what runs now, theme, keys; and which page is shown. */
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { useShellKeys } from './keys.ts';
import { Dashboard } from './pages/Dashboard.tsx';
import { Sessions } from './pages/Sessions.tsx';
import { KeyDialog } from './parts/KeyDialog.tsx';
import { LinkState } from './parts/LinkState.tsx';
import { Loading } from './parts/Loading.tsx';
import { Nav } from './parts/Nav.tsx';
import { PageGuard } from './parts/PageGuard.tsx';
import { useRoute } from './routes.ts';
import type { Route } from './text/route.ts';

const LATER = {
  session: () => import('./pages/Session.tsx').then((m) => ({ default: m.Session })),
  exchange: () => import('./pages/Exchange.tsx').then((m) => ({ default: m.Exchange })),
  search: () => import('./pages/Search.tsx').then((m) => ({ default: m.Search })),
  analytics: () => import('./pages/Analytics.tsx').then((m) => ({ default: m.Analytics })),
  settings: () => import('./pages/Settings.tsx').then((m) => ({ default: m.Settings })),
} as const;
const Session = lazy(LATER.session);
const Exchange = lazy(LATER.exchange);
const Search = lazy(LATER.search);
const Analytics = lazy(LATER.analytics);
const Settings = lazy(LATER.settings);

/** Loads what a page needs while the frame is drawn; where that fails, the page says so itself. */
export function loadAhead({ page }: Route): void {
  if (page in LATER) LATER[page as keyof typeof LATER]().catch(() => null);
}

export function App(): ReactNode {
  const route = useRoute();
  const [hasHelp, setHelp] = useState(false);
  const openHelp = useCallback(() => setHelp(true), []);
  useShellKeys(openHelp);
  const main = useRef<HTMLElement>(null);
  const shownKey = keyOf(route);
  const last = useRef(shownKey);
  useEffect(() => {
    // A reader of the screen goes on at the new page; a list that remembers its row has taken it.
    if (last.current !== shownKey && !main.current?.contains(document.activeElement)) {
      main.current?.focus();
    }
    last.current = shownKey;
  }, [shownKey]);
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <Nav route={route} onHelp={openHelp} />
      <main ref={main} id="main" tabIndex={-1}>
        <LinkState />
        <PageGuard key={shownKey}>
          <Suspense fallback={<Loading />}>{pageOf(route)}</Suspense>
        </PageGuard>
      </main>
      {hasHelp ? <KeyDialog onClose={() => setHelp(false)} /> : null}
    </div>
  );
}

/** A page begins anew when it shows something else. */
function keyOf(route: Route): string {
  return 'id' in route ? `${route.page} ${route.id}` : route.page;
}

function pageOf(route: Route): ReactNode {
  switch (route.page) {
    case 'dashboard':
      return <Dashboard />;
    case 'sessions':
      return <Sessions />;
    case 'session':
      return <Session id={route.id} />;
    case 'exchange':
      return <Exchange id={route.id} />;
    case 'search':
      return <Search />;
    case 'analytics':
      return <Analytics />;
    case 'settings':
      return <Settings />;
    case 'unknown':
      return (
        <section className="page">
          <h1>There is no such page</h1>
          <p>The address may have been cut. The navigation leads to all there is.</p>
        </section>
      );
  }
}
