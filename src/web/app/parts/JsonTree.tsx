/** A JSON body as a tree: folded, searched, copied; only the rows that are seen are drawn. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { formatCount } from '../../../core/format.ts';
import { shownLine } from '../text/foreign.ts';
import { hasWords, type JsonRow, jsonRows, pathsTo } from '../text/json.ts';
import { PlainText } from './PlainText.tsx';

const ROW = 24;
const MAX_HITS = 1000;
const START_OPEN = ['$', '$/messages', '$/input', '$/content', '$/output'];

export function JsonTree({ value }: { readonly value: unknown }): ReactNode {
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(START_OPEN));
  const [words, setWords] = useState('');
  const [whole, setWhole] = useState<JsonRow | null>(null);
  const shownOpen = useMemo(
    () => (words === '' ? open : new Set([...pathsTo(value, words, MAX_HITS), '$'])),
    [value, words, open],
  );
  const rows = useMemo(() => jsonRows(value, shownOpen), [value, shownOpen]);
  const hits = words === '' ? null : rows.filter((row) => isHit(row, words)).length;
  const toggle = (row: JsonRow): void => {
    if (row.size === null) setWhole(row);
    else if (words === '') {
      const next = new Set(open);
      if (!next.delete(row.path)) next.add(row.path);
      setOpen(next);
    }
  };
  return (
    <div className="json">
      <div className="json-tools">
        <label>
          <span>Find</span>
          <input
            type="search"
            value={words}
            data-field=""
            onChange={(event) => setWords(event.target.value)}
            maxLength={200}
          />
        </label>
        <span className="dim" role="status">
          {hits === null ? '' : `${formatCount(hits)} found`}
        </span>
      </div>
      <Rows rows={rows} open={shownOpen} words={words} onRow={toggle} />
      {whole === null ? null : (
        <section className="json-value" aria-label="Value">
          <h3 className="mono">{shownLine(whole.path)}</h3>
          <PlainText text={String(whole.value)} first={50_000} />
        </section>
      )}
    </div>
  );
}

interface RowsProps {
  readonly rows: readonly JsonRow[];
  readonly open: ReadonlySet<string>;
  readonly words: string;
  readonly onRow: (row: JsonRow) => void;
}

function Rows({ rows, open, words, onRow }: RowsProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 20,
  });
  return (
    <div
      ref={scroller}
      className="json-rows"
      style={{ height: list.getTotalSize() + 2 }}
      tabIndex={0}
      role="group"
      aria-label="JSON"
    >
      <div className="row-space" style={{ height: list.getTotalSize() }}>
        {list.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <button
              key={row.path}
              type="button"
              className={words !== '' && isHit(row, words) ? 'json-row is-hit' : 'json-row'}
              style={{ transform: `translateY(${start}px)`, paddingLeft: row.depth * 16 + 8 }}
              aria-expanded={row.size === null ? undefined : open.has(row.path)}
              onClick={() => onRow(row)}
            >
              <span className="json-fold" aria-hidden="true">
                {row.size === null ? '' : open.has(row.path) ? '▾' : '▸'}
              </span>
              {row.name === null ? null : (
                <span className="json-name">{shownLine(row.name, 120)}: </span>
              )}
              <Value row={row} />
            </button>
          );
        })}
      </div>
    </div>
  );
}

function Value({ row: { value, size } }: { readonly row: JsonRow }): ReactNode {
  if (size !== null) {
    const text = Array.isArray(value) ? `[ ${size} ]` : `{ ${size} }`;
    return <span className="dim">{text}</span>;
  }
  if (typeof value === 'string') {
    return <span className="json-text">"{shownLine(value, 500)}"</span>;
  }
  return <span className="json-number">{String(value)}</span>;
}

function isHit({ name, value }: JsonRow, words: string): boolean {
  return hasWords(name, value, words.toLowerCase());
}
