/** What runs now, and what ran last: rows as in the terminal's live list. */
import type { ReactNode } from 'react';
import type { ExchangeLine } from '../../../core/ports.ts';
import { useLive } from '../live/live-store.ts';
import { ExchangeHead, ExchangeRow, lineOfLive } from './ExchangeRow.tsx';

const MAX_ROWS = 6;

export function LiveStrip({ recent }: { readonly recent: readonly ExchangeLine[] }): ReactNode {
  const { running } = useLive().state;
  const newest = [...running.values()].slice(-MAX_ROWS).reverse();
  const done = recent.filter(({ id }) => !running.has(id)).slice(0, MAX_ROWS - newest.length);
  if (newest.length + done.length === 0) return null;
  return (
    <section className="card" aria-label="Live">
      <h2>Live</h2>
      <div className="rows">
        <ExchangeHead />
        {newest.map((live) => (
          <ExchangeRow key={live.request.id} line={lineOfLive(live)} live={live} />
        ))}
        {done.map((line) => (
          <ExchangeRow key={line.id} line={line} />
        ))}
      </div>
    </section>
  );
}
