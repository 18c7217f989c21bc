/**
 * One session: its numbers, tokens per exchange, its tools, and the timeline to open exchanges from.
 * Tabs: timeline, tokens, cache, tools.
 */
import { type CacheFinding, explainCache } from '../../core/cache-explain.ts';
import { warmText } from '../../core/cache-words.ts';
import type { ExchangeLine, SessionSummary } from '../../core/ports.ts';
import type { Filter } from '../filter.ts';
import type { Action } from '../keymap.ts';
import { ListCursor } from '../state/list-cursor.ts';
import { headLine, placeColumns, rowLine } from '../text/columns.ts';
import { makeTheme } from '../theme.ts';
import { cacheLines } from './cache-text.ts';
import {
  exchangeColumns,
  isFailed,
  type ShownLine,
  shortId,
  shownLine,
  subjectOf,
} from './exchange-columns.ts';
import { moveInList } from './list-actions.ts';
import { Scroller } from './scroller.ts';
import { chartLines, numberLines, tokenLines, toolLines } from './session-text.ts';
import { tabLine } from './tabs.ts';
import type { Area, Selection, View, ViewContext } from './view.ts';

const TABS = ['timeline', 'tokens', 'cache', 'tools'] as const;
type Tab = (typeof TABS)[number];

/** A session with more shows its newest. */
const MAX_EXCHANGES = 2000;
/** Each turn's body is read to compare it with the one before. */
const MAX_CACHE_TURNS = 100;
const REFRESH_MS = 1000;
const COPY_WIDTH = 200;
/** A screen with fewer lines gives them all to the timeline. */
const CHART_FROM_HEIGHT = 30;

export class SessionView implements View {
  readonly name = 'session';
  readonly #context: ViewContext;
  readonly #cursor = new ListCursor<ExchangeLine>(({ id }) => id);
  readonly #scroller = new Scroller();
  readonly #columns = exchangeColumns(false);
  #sessionId: string | null = null;
  #summary: SessionSummary | null = null;
  #exchanges: readonly ExchangeLine[] = [];
  #filter: Filter | null = null;
  #tab: Tab = 'timeline';
  #height = 20;
  #listRow = 0;
  #top = 0;
  #loadedAt = 0;
  #loadedVersion = -1;
  #findings: readonly CacheFinding[] | null = null;
  #toolText: { width: number; lines: string[] } | null = null;

  constructor(context: ViewContext) {
    this.#context = context;
  }

  get filter(): Filter | null {
    return this.#filter;
  }

  setFilter(filter: Filter | null): void {
    this.#filter = filter;
  }

  openSession(sessionId: string): void {
    if (sessionId !== this.#sessionId) {
      this.#filter = null;
      this.#cursor.select([], 0);
      this.#scroller.reset();
      this.#tab = 'timeline';
    }
    this.#sessionId = sessionId;
    // Read when it is drawn: an exchange that is opened makes its session the selected one, too.
    this.#loadedAt = Number.NEGATIVE_INFINITY;
    this.#loadedVersion = -1;
  }

  /** Comes to the front without a session: the newest one. */
  shown(): void {
    if (this.#sessionId !== null) return;
    const [newest] = this.#context.history?.sessions({ limit: 1 }) ?? [];
    if (newest !== undefined) this.openSession(newest.sessionId);
  }

  title(): string {
    return this.#sessionId === null ? '' : shortId(this.#sessionId);
  }

  counts(): string {
    return `${this.#rows().length}/${this.#exchanges.length}`;
  }

  lines({ width, height }: Area): string[] {
    if (this.#isStale()) this.#load();
    const summary = this.#summary;
    if (summary === null) return ['', '  no session is selected: 2 lists them, Enter opens one'];
    const { theme } = this.#context;
    const head = [
      ...numberLines(summary, this.#exchanges.length, { theme, width, warm: this.#warm() }),
      ...(this.#tab === 'timeline' && height >= CHART_FROM_HEIGHT
        ? chartLines(this.#exchanges, { theme, width })
        : []),
      tabLine(TABS, this.#tab, theme),
    ];
    const room = height - head.length;
    return [
      ...head,
      ...(this.#tab === 'timeline'
        ? this.#timeline(head.length, width, room)
        : this.#text(width, room)),
    ];
  }

  act(action: Action): boolean {
    if (action === 'left' || action === 'right') {
      const step = action === 'right' ? 1 : TABS.length - 1;
      this.#tab = TABS[(TABS.indexOf(this.#tab) + step) % TABS.length] ?? 'timeline';
      this.#scroller.reset();
      return true;
    }
    if (this.#tab !== 'timeline') return this.#scroller.act(action);
    if (action === 'open') return this.#open();
    if (action === 'next-error') return this.#toError(1);
    if (action === 'previous-error') return this.#toError(-1);
    return moveInList(this.#cursor, this.#rows(), action, this.#height);
  }

  click(row: number): void {
    const index = this.#top + row - this.#listRow;
    if (this.#tab !== 'timeline' || row < this.#listRow || index >= this.#rows().length) return;
    const isAgain = this.#cursor.indexIn(this.#rows()) === index;
    this.#cursor.select(this.#rows(), index);
    if (isAgain) this.#open();
  }

  selection(): Selection | null {
    if (this.#sessionId === null) return null;
    const line = this.#cursor.selected(this.#rows());
    const columns = placeColumns(this.#columns, COPY_WIDTH);
    const row =
      line === undefined
        ? this.#sessionId
        : rowLine(columns, this.#shownLine(line), makeTheme('none'), false).trim();
    return { row, sessionId: this.#sessionId, exchangeId: line?.id ?? null, body: null };
  }

  #timeline(above: number, width: number, room: number): string[] {
    this.#height = Math.max(1, room - 1);
    this.#listRow = above + 1;
    const { theme } = this.#context;
    const rows = this.#rows();
    const columns = placeColumns(this.#columns, width);
    const { start, end } = this.#cursor.window(rows, this.#height);
    this.#top = start;
    const selected = this.#cursor.indexIn(rows);
    return [
      headLine(columns, theme),
      ...rows
        .slice(start, end)
        .map((line, index) =>
          rowLine(columns, this.#shownLine(line), theme, start + index === selected),
        ),
    ];
  }

  #text(width: number, room: number): string[] {
    const { theme } = this.#context;
    if (this.#tab === 'tokens') {
      return this.#scroller.cut(tokenLines(this.#exchanges, { theme, width }), room);
    }
    const lines =
      this.#tab === 'cache' ? cacheLines(this.#cache(), { theme, width }) : this.#tools(width);
    return this.#scroller.cut(lines, room);
  }

  /** Reads stored bodies: once for each change. */
  #cache(): readonly CacheFinding[] {
    const { history, price } = this.#context;
    if (history === null || this.#sessionId === null) return [];
    this.#findings ??= explainCache(history.cacheSteps(this.#sessionId, MAX_CACHE_TURNS), price);
    return this.#findings;
  }

  /** Drawing the grid takes tens of milliseconds: once for each change. */
  #tools(width: number): string[] {
    if (this.#toolText?.width === width) return this.#toolText.lines;
    const { history, drawGrid } = this.#context;
    const sessionId = this.#sessionId;
    if (history === null || sessionId === null) return [];
    const lines = toolLines(history.stats({ sessionId }).tools, history.toolSizes(sessionId), {
      drawGrid,
      width,
    });
    this.#toolText = { width, lines };
    return lines;
  }

  #warm(): string | null {
    const { feed, now } = this.#context;
    return warmText(feed.state.sessions.get(this.#sessionId ?? '')?.cacheColdAt ?? null, now());
  }

  #rows(): readonly ExchangeLine[] {
    const filter = this.#filter;
    if (filter === null) return this.#exchanges;
    return this.#exchanges.filter((line) => filter.matches(subjectOf(line)));
  }

  #shownLine(line: ExchangeLine): ShownLine {
    const { feed, now } = this.#context;
    return shownLine(line, feed.running(line.id), now());
  }

  #isStale(): boolean {
    const { feed, now } = this.#context;
    const isDue = feed.version !== this.#loadedVersion && now() - this.#loadedAt > REFRESH_MS;
    return this.#sessionId !== null && isDue;
  }

  #load(): void {
    const { history, feed, now } = this.#context;
    const sessionId = this.#sessionId;
    this.#loadedAt = now();
    this.#loadedVersion = feed.version;
    this.#toolText = null;
    this.#findings = null;
    if (history === null || sessionId === null) return;
    this.#summary = history.session(sessionId);
    this.#exchanges = history.timeline({ sessionId, limit: MAX_EXCHANGES }).reverse();
  }

  #open(): boolean {
    const line = this.#cursor.selected(this.#rows());
    if (line === undefined) return true;
    this.#context.open({ type: 'exchange', exchangeId: line.id, sessionId: line.sessionId });
    return true;
  }

  #toError(step: 1 | -1): boolean {
    const rows = this.#rows();
    const from = this.#cursor.indexIn(rows);
    const isWanted = (line: ExchangeLine, index: number): boolean =>
      isFailed(line) && (step > 0 ? index > from : index < from);
    const found = step > 0 ? rows.findIndex(isWanted) : rows.findLastIndex(isWanted);
    if (found === -1) this.#context.toast('no further failure in this session');
    else this.#cursor.select(rows, found);
    return true;
  }
}
