/** Long foreign text as it is, its beginning first: a page that holds megabytes is not readable. */
import { type ReactNode, useState } from 'react';
import { formatCount } from '../../../core/format.ts';
import { shown } from '../text/foreign.ts';

const FIRST = 8000;
/** Characters that a browser still lays out at once. */
const MOST = 400_000;

interface PlainProps {
  readonly text: string;
  readonly first?: number;
}

export function PlainText({ text, first = FIRST }: PlainProps): ReactNode {
  const [isWhole, setWhole] = useState(false);
  const limit = isWhole ? MOST : first;
  const left = text.length - limit;
  return (
    <>
      <pre className="plain" tabIndex={0}>
        {shown(left > 0 ? text.slice(0, limit) : text)}
      </pre>
      {left <= 0 ? null : isWhole ? (
        <p className="dim">… {formatCount(left)} characters more: the export has all</p>
      ) : (
        <button type="button" className="more" onClick={() => setWhole(true)}>
          show {formatCount(left)} characters more
        </button>
      )}
    </>
  );
}
