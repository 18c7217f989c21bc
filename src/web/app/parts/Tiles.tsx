/** Numbers with their names, side by side. */
import type { ReactNode } from 'react';

export interface Tile {
  readonly name: string;
  readonly value: string;
  readonly note?: string | undefined;
  readonly look?: 'bad' | undefined;
}

export function Tiles({ tiles }: { readonly tiles: readonly Tile[] }): ReactNode {
  return (
    <dl className="tiles">
      {tiles.map(({ name, value, note, look }) => (
        <div key={name} className="tile">
          <dt>{name}</dt>
          <dd className="tile-value">{value}</dd>
          {note === undefined ? null : (
            <dd className={look === 'bad' ? 'tile-note is-bad' : 'tile-note'}>{note}</dd>
          )}
        </div>
      ))}
    </dl>
  );
}
