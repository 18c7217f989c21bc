/** The page's start: theme, event stream, and what of the cache becomes old by events. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App, loadAhead } from './App.tsx';
import { followEvents } from './live/freshness.ts';
import { liveStore } from './live/live-store.ts';
import { routeOf } from './text/route.ts';
import { applyTheme } from './theme.ts';
import './styles/base.css';
import './styles/shell.css';
import './styles/parts.css';
import './styles/pages.css';
import './styles/conversation.css';

applyTheme();
loadAhead(routeOf(window.location.pathname));
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // What is old is said by events, not by time.
      staleTime: Number.POSITIVE_INFINITY,
      retry: 1,
      refetchOnWindowFocus: false,
      networkMode: 'always',
    },
  },
});
followEvents(liveStore, queries);
liveStore.open();

const root = document.getElementById('root');
if (root !== null) {
  // What a guard has caught is told where it happened: PageGuard, Markdown.
  createRoot(root, { onCaughtError: () => {} }).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
}
