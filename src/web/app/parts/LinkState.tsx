/** Says when what is shown may be old, or not be kept. */
import type { ReactNode } from 'react';
import { useOverview } from '../api/queries.ts';
import { useLive } from '../live/live-store.ts';
import { shown } from '../text/foreign.ts';

export function LinkState(): ReactNode {
  const { link, state } = useLive();
  const overview = useOverview();
  const troubles = state.recorder?.degraded ?? [];
  if (link === 'lost') {
    return (
      <p className="banner is-bad" role="alert">
        LunaRoute does not answer. The page tries again by itself; start it with{' '}
        <code>lunaroute</code> if it has ended.
      </p>
    );
  }
  if (troubles.length > 0) {
    return (
      <p className="banner is-warn" role="alert">
        {shown(troubles.join(' '))}
      </p>
    );
  }
  if (overview.data?.hasHistory === false) {
    return (
      <p className="banner is-warn">Recording to SQLite is off: only what happens now is shown.</p>
    );
  }
  return null;
}
