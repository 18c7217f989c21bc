/**
 * A list of any length that draws only the rows that are seen, asks for more before its end is
 * reached, and stands where it stood when one comes back to it.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useLayoutEffect, useRef } from 'react';
import { useNarrow } from './useNarrow.ts';

interface RowListProps<Item> {
  readonly label: string;
  /** Names what is listed: the place in it is remembered under this name. */
  readonly name: string;
  readonly head: ReactNode;
  readonly items: readonly Item[];
  readonly rowHeight: number;
  readonly keyOf: (item: Item) => string;
  readonly draw: (item: Item, index: number) => ReactNode;
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly loadMore: () => unknown;
}

interface Place {
  readonly top: number;
  /** The row that had the focus. */
  readonly row: string | null;
}

const places = new Map<string, Place>();
const MAX_PLACES = 100;
const BEFORE_END = 60;
const BORDERS = 2;
/** With the column titles, which a phone has no room for. */
const HEAD = 32;

export function RowList<Item>(props: RowListProps<Item>): ReactNode {
  const { name, items, rowHeight, keyOf, hasMore, isLoading, loadMore } = props;
  const isNarrow = useNarrow();
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    initialOffset: places.get(name)?.top ?? 0,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item);
    },
  });
  useLayoutEffect(() => {
    const element = scroller.current;
    const row = places.get(name)?.row;
    if (row != null) rowOf(element, row)?.focus({ preventScroll: true });
    return () => remember(name, { top: element?.scrollTop ?? 0, row: focusedKey(element) });
  }, [name]);
  const measured = useRef(rowHeight);
  useEffect(() => {
    if (measured.current !== rowHeight) list.measure();
    measured.current = rowHeight;
  }, [list, rowHeight]);
  const drawn = list.getVirtualItems();
  const last = drawn.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !isLoading && last >= items.length - BEFORE_END) loadMore();
  }, [last, items.length, hasMore, isLoading, loadMore]);
  return (
    <div
      ref={scroller}
      className="row-list"
      style={{ flexBasis: list.getTotalSize() + (isNarrow ? BORDERS : HEAD) }}
      role="group"
      tabIndex={0}
      aria-label={props.label}
    >
      {props.head}
      <div className="row-space" style={{ height: list.getTotalSize() }}>
        {drawn.map(({ key, index, start }) => {
          const item = items[index];
          return item === undefined ? null : (
            <div
              key={key}
              className="row-place"
              data-key={key}
              style={{ height: rowHeight, transform: `translateY(${start}px)` }}
            >
              {props.draw(item, index)}
            </div>
          );
        })}
      </div>
      {isLoading ? <p className="dim row-more">Loading more …</p> : null}
    </div>
  );
}

function focusedKey(list: HTMLElement | null): string | null {
  const row = document.activeElement?.closest<HTMLElement>('[data-key]');
  return row != null && list?.contains(row) ? (row.dataset['key'] ?? null) : null;
}

function rowOf(list: HTMLElement | null, key: string): HTMLElement | null {
  return list?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"] [data-row]`) ?? null;
}

function remember(name: string, place: Place): void {
  places.delete(name);
  places.set(name, place);
  const [oldest] = places.keys();
  if (places.size > MAX_PLACES && oldest !== undefined) places.delete(oldest);
}
