/** The views, made once for a screen. */
import { ExchangeView } from './exchange-view.ts';
import { LiveView } from './live-view.ts';
import { SearchView } from './search-view.ts';
import { SessionView } from './session-view.ts';
import { SessionsView } from './sessions-view.ts';
import { StatsView } from './stats-view.ts';
import type { ViewContext } from './view.ts';

export interface Views {
  readonly live: LiveView;
  readonly sessions: SessionsView;
  readonly session: SessionView;
  readonly exchange: ExchangeView;
  readonly search: SearchView;
  readonly stats: StatsView;
}

export function makeViews(context: ViewContext): Views {
  return {
    live: new LiveView(context),
    sessions: new SessionsView(context),
    session: new SessionView(context),
    exchange: new ExchangeView(context),
    search: new SearchView(context),
    stats: new StatsView(context),
  };
}
