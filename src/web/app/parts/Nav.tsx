/** Where one can go; at the left on a desk, at the bottom on a phone. */
import type { ReactNode } from 'react';
import { useLive } from '../live/live-store.ts';
import { PAGES, type PageName, pagePath, pageTitle, type Route } from '../text/route.ts';
import { nextTheme, type Theme, useTheme } from '../theme.ts';
import { Icon, type IconName } from './Icon.tsx';
import { Link } from './Link.tsx';

/** The page of the navigation that a route lies under. */
function sectionOf(route: Route): PageName | null {
  if (route.page === 'session' || route.page === 'exchange') return 'sessions';
  return route.page === 'unknown' ? null : route.page;
}

export function Nav({
  route,
  onHelp,
}: {
  readonly route: Route;
  readonly onHelp: () => void;
}): ReactNode {
  const current = sectionOf(route);
  return (
    <nav className="nav" aria-label="Pages">
      <Link to="/" className="brand" aria-label="LunaRoute, Dashboard">
        <Icon name="moon" />
        <span>LunaRoute</span>
      </Link>
      <ul>
        {PAGES.map((page) => (
          <li key={page}>
            <Link to={pagePath(page)} aria-current={current === page ? 'page' : undefined}>
              <Icon name={page} />
              <span>{pageTitle(page)}</span>
            </Link>
          </li>
        ))}
      </ul>
      <div className="nav-foot">
        <RunningNow />
        <div className="nav-tools">
          <ThemeSwitch />
          <button
            type="button"
            className="quiet"
            onClick={onHelp}
            aria-label="Keys"
            title="Keys (?)"
          >
            <Icon name="keys" />
          </button>
        </div>
      </div>
    </nav>
  );
}

const THEME_WORDS: Readonly<Record<Theme, string>> = {
  auto: 'as the system',
  dark: 'dark',
  light: 'light',
};
const THEME_ICONS: Readonly<Record<Theme, IconName>> = {
  auto: 'half',
  dark: 'moon',
  light: 'sun',
};

function ThemeSwitch(): ReactNode {
  const theme = useTheme();
  const label = `Theme: ${THEME_WORDS[theme]}`;
  return (
    <button type="button" className="quiet" onClick={nextTheme} aria-label={label} title={label}>
      <Icon name={THEME_ICONS[theme]} />
    </button>
  );
}

function RunningNow(): ReactNode {
  const { state, link } = useLive();
  const { size } = state.running;
  return (
    <p className={size > 0 ? 'running is-on' : 'running'} data-link={link}>
      <span className="dot" aria-hidden="true" />
      {link === 'open' ? `${size} running` : link === 'lost' ? 'no connection' : 'connecting'}
    </p>
  );
}
