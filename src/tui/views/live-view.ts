/**
 * Exchanges as they happen, the newest below. Follows the newest until the person moves; the
 * selection then stays on its exchange.
 */
import type { ExchangeLine } from '../../core/ports.ts';
import type { Filter } from '../filter.ts';
import type { Action } from '../keymap.ts';
import { ListCursor } from '../state/list-cursor.ts';
import { headLine, placeColumns, rowLine } from '../text/columns.ts';
import { makeTheme } from '../theme.ts';
import { teachLines } from './empty.ts';
import {
  exchangeColumns,
  isFailed,
  type ShownLine,
  shownLine,
  subjectOf,
} from './exchange-columns.ts';
import { moveInList } from './list-actions.ts';
import type { Area, Selection, View, ViewContext } from './view.ts';

/** Pages of history that one key press looks through for a match of the filter. */
const MAX_PAGES = 4;
const PLAIN_THEME = makeTheme('none');
/** Columns of a copied row. */
const COPY_WIDTH = 200;

export class LiveView implements View {
  readonly name = 'live';
  readonly #context: ViewContext;
  readonly #cursor = new ListCursor<ExchangeLine>(({ id }) => id);
  readonly #columns = exchangeColumns(true);
  #filter: Filter | null = null;
  #isFollowing = true;
  #height = 20;
  #top = 0;
  #cache: { version: number; filter: Filter | null; rows: readonly ExchangeLine[] } | null = null;

  constructor(context: ViewContext) {
    this.#context = context;
  }

  get filter(): Filter | null {
    return this.#filter;
  }

  setFilter(filter: Filter | null): void {
    this.#filter = filter;
    this.#findOlder();
  }

  title(): string {
    const { feed } = this.#context;
    if (this.#isFollowing) return 'following';
    return feed.missed > 0 ? `${feed.missed} new, f follows` : 'f follows';
  }

  /** Matching and loaded. */
  counts(): string {
    return `${this.#rows().length}/${this.#context.feed.rows.length}`;
  }

  lines({ width, height }: Area): string[] {
    const rows = this.#rows();
    this.#height = height - 1;
    if (rows.length === 0) return this.#emptyLines(width);
    if (this.#isFollowing) this.#cursor.select(rows, rows.length - 1);
    const columns = placeColumns(this.#columns, width);
    const { start, end } = this.#cursor.window(rows, this.#height);
    this.#top = start;
    const selected = this.#cursor.indexIn(rows);
    const { theme } = this.#context;
    const shown = rows
      .slice(start, end)
      .map((line, index) =>
        rowLine(columns, this.#shownLine(line), theme, start + index === selected),
      );
    return [headLine(columns, theme), ...shown];
  }

  act(action: Action): boolean {
    const rows = this.#rows();
    if (action === 'follow') {
      this.#context.feed.reload();
      this.#isFollowing = true;
      return true;
    }
    if (action === 'open') return this.#open();
    if (action === 'next-error') return this.#toError(rows, 1);
    if (action === 'previous-error') return this.#toError(rows, -1);
    const isMove = moveInList(this.#cursor, rows, action, this.#height);
    if (!isMove) return false;
    this.#isFollowing = action === 'bottom';
    if (this.#cursor.indexIn(rows) === 0) this.#findOlder();
    return true;
  }

  click(row: number): void {
    const index = this.#top + row - 1;
    const rows = this.#rows();
    if (row < 1 || index >= rows.length) return;
    const isAgain = this.#cursor.indexIn(rows) === index;
    this.#isFollowing = false;
    this.#cursor.select(rows, index);
    if (isAgain) this.#open();
  }

  selection(): Selection | null {
    const line = this.#cursor.selected(this.#rows());
    if (line === undefined) return null;
    const columns = placeColumns(this.#columns, COPY_WIDTH);
    const row = rowLine(columns, this.#shownLine(line), PLAIN_THEME, false);
    return { row: row.trim(), sessionId: line.sessionId, exchangeId: line.id, body: null };
  }

  #emptyLines(width: number): string[] {
    if (this.#filter !== null) return ['', '  nothing matches the filter; Esc ends it'];
    return teachLines(this.#context, width);
  }

  #rows(): readonly ExchangeLine[] {
    const { feed } = this.#context;
    const filter = this.#filter;
    if (filter === null) return feed.rows;
    if (this.#cache?.version !== feed.version || this.#cache.filter !== filter) {
      const rows = feed.rows.filter((line) => filter.matches(subjectOf(line)));
      this.#cache = { version: feed.version, filter, rows };
    }
    return this.#cache.rows;
  }

  #shownLine(line: ExchangeLine): ShownLine {
    const { feed, now } = this.#context;
    return shownLine(line, feed.running(line.id), now());
  }

  #open(): boolean {
    const line = this.#cursor.selected(this.#rows());
    if (line === undefined) return true;
    this.#context.open({ type: 'exchange', exchangeId: line.id, sessionId: line.sessionId });
    return true;
  }

  #toError(rows: readonly ExchangeLine[], step: 1 | -1): boolean {
    let index = this.#cursor.indexIn(rows) + step;
    while (index >= 0 && index < rows.length) {
      const line = rows[index];
      if (line !== undefined && isFailed(line)) {
        this.#isFollowing = false;
        this.#cursor.select(rows, index);
        return true;
      }
      index += step;
    }
    this.#context.toast(step > 0 ? 'no later failure' : 'no earlier failure in view; g loads more');
    return true;
  }

  /** At the top: more of the history, further back when a filter finds nothing near. */
  #findOlder(): void {
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const before = this.#rows().length;
      if (this.#context.feed.loadOlder() === 0 || this.#rows().length > before) return;
    }
  }
}
