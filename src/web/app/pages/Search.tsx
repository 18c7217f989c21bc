/** All that was ever said, by its words. */
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { formatCount, formatTime } from '../../../core/format.ts';
import type { SearchHit } from '../../../core/ports.ts';
import { useSearch } from '../api/queries.ts';
import { Link } from '../parts/Link.tsx';
import { Marked } from '../parts/Marked.tsx';
import { Waiting } from '../parts/Waiting.tsx';
import { useWords } from '../routes.ts';
import { shownLine } from '../text/foreign.ts';
import { clientName } from '../text/numbers.ts';
import { exchangePath } from '../text/route.ts';
import { useTitle } from '../title.ts';

const TYPED_AFTER_MS = 200;
/** At first, and when one wants more; beyond, more words find it sooner. */
const FEW = 100;
const MANY = 400;

export function Search(): ReactNode {
  const [words, change] = useWords();
  const asked = words.get('q') ?? '';
  useTitle(asked === '' ? 'Search' : `Search: ${asked}`);
  const [typed, setTyped] = useState(asked);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    if (typed === asked) return;
    const timer = setTimeout(() => change({ q: typed }), TYPED_AFTER_MS);
    return () => clearTimeout(timer);
  });
  return (
    <div className="page">
      <header className="page-head">
        <h1>Search</h1>
      </header>
      <form role="search" className="search-form" onSubmit={(event) => event.preventDefault()}>
        <input
          ref={field}
          type="search"
          aria-label="Search all history"
          placeholder="words of a prompt, an answer, a tool call or its result"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          data-field=""
          maxLength={1000}
          autoComplete="off"
          spellCheck={false}
        />
      </form>
      {asked.trim() === '' ? <Help /> : <Hits text={asked} />}
    </div>
  );
}

function Help(): ReactNode {
  return (
    <section className="card" aria-label="Query help">
      <h2>What can be asked</h2>
      <dl className="keys">
        <div>
          <dt>
            <code>parser token</code>
          </dt>
          <dd>both words, anywhere in one text</dd>
        </div>
        <div>
          <dt>
            <code>"last token"</code>
          </dt>
          <dd>these words, one after the other</dd>
        </div>
        <div>
          <dt>
            <code>migr*</code>
          </dt>
          <dd>words that begin so</dd>
        </div>
      </dl>
      <p className="dim">
        Prompts, answers, thinking, tool calls and their results are searched. Enter opens the
        exchange.
      </p>
    </section>
  );
}

function Hits({ text }: { readonly text: string }): ReactNode {
  const [wantsMore, setWantsMore] = useState('');
  const limit = wantsMore === text ? MANY : FEW;
  const search = useSearch(text, limit);
  if (search.data === undefined) return <Waiting asked={search} />;
  const hits = search.data.items;
  return (
    <>
      <p className="dim" role="status">
        {foundText(hits.length, limit)}
      </p>
      <ul className="hits">
        {hits.map((hit, index) => (
          // One exchange may be found several times.
          <li key={`${index} ${hit.exchangeId}`}>
            <Hit hit={hit} />
          </li>
        ))}
      </ul>
      {hits.length === FEW && limit === FEW ? (
        <button type="button" onClick={() => setWantsMore(text)}>
          Show more
        </button>
      ) : null}
    </>
  );
}

function foundText(found: number, limit: number): string {
  if (found === 0) return 'nothing was found';
  if (found < limit) return `${formatCount(found)} found`;
  const how = limit === MANY ? ' (further words narrow it down)' : '';
  return `the best ${formatCount(found)} of what was found${how}`;
}

function Hit({ hit }: { readonly hit: SearchHit }): ReactNode {
  return (
    <Link to={exchangePath(hit.exchangeId)} className="hit" data-row>
      <span className="hit-head dim">
        <span>{formatTime(hit.at)}</span>
        <span>{clientName(hit.client)}</span>
        <span>{hit.kind}</span>
        <span>{shownLine(hit.model ?? '', 60)}</span>
      </span>
      <span className="hit-text">
        <Marked text={hit.snippet} marks={hit.marks} />
      </span>
    </Link>
  );
}
