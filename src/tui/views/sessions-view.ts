/** All recorded sessions, one row each, by any column. */
import { usdOf } from '../../core/cost.ts';
import { formatTime } from '../../core/format.ts';
import type { SessionOrder, SessionSummary } from '../../core/ports.ts';
import { totalTokens } from '../../core/usage.ts';
import type { Filter, FilterSubject } from '../filter.ts';
import type { Action } from '../keymap.ts';
import { ListCursor } from '../state/list-cursor.ts';
import { type Column, headLine, placeColumns, rowLine } from '../text/columns.ts';
import { makeTheme } from '../theme.ts';
import { teachLines } from './empty.ts';
import { cacheShare, clientName, costSumText, count, plain, shortId } from './exchange-columns.ts';
import { moveInList } from './list-actions.ts';
import type { Area, Selection, View, ViewContext } from './view.ts';

/** Read at once, in tens of milliseconds; a history with more shows the first of the order. */
const MAX_SESSIONS = 5000;
/** While it is in view, what has changed is read again no more often than this. */
const REFRESH_MS = 2000;
const COPY_WIDTH = 200;

interface SortedColumn extends Column<SessionSummary> {
  readonly order?: SessionOrder;
}

const COLUMNS: readonly SortedColumn[] = [
  {
    title: 'STARTED',
    width: 11,
    rank: 4,
    order: 'started',
    cell: ({ startedAt }) => shortTime(startedAt),
    style: () => 'dim',
  },
  {
    title: 'LAST',
    width: 11,
    rank: 0,
    order: 'activity',
    cell: ({ lastActivityAt }) => shortTime(lastActivityAt),
  },
  {
    title: 'SESSION',
    width: 8,
    rank: 5,
    cell: ({ sessionId }) => plain(shortId(sessionId)),
    tintBy: ({ sessionId }) => sessionId,
  },
  {
    title: 'CLIENT',
    width: 9,
    min: 6,
    rank: 0,
    order: 'client',
    cell: ({ client }) => clientName(client),
  },
  {
    title: 'REQ',
    width: 5,
    rank: 0,
    order: 'requests',
    align: 'right',
    cell: ({ requests }) => count(requests),
  },
  {
    title: 'IN',
    width: 6,
    rank: 0,
    order: 'input',
    align: 'right',
    cell: ({ usage }) => count(usage?.input),
  },
  {
    title: 'CACHE',
    width: 6,
    rank: 3,
    order: 'cache',
    align: 'right',
    cell: ({ usage }) => cacheShare(usage),
  },
  {
    title: 'OUT',
    width: 6,
    rank: 0,
    order: 'output',
    align: 'right',
    cell: ({ usage }) => count(usage?.output),
  },
  {
    title: 'COST',
    width: 9,
    rank: 3,
    order: 'cost',
    align: 'right',
    cell: ({ cost }) => costSumText(cost),
  },
  {
    title: 'TOOLS',
    width: 6,
    rank: 2,
    order: 'tools',
    align: 'right',
    cell: ({ toolCalls }) => count(toolCalls),
  },
  {
    title: 'ERR',
    width: 4,
    rank: 1,
    order: 'errors',
    align: 'right',
    cell: ({ errors }) => count(errors),
    style: ({ errors }) => (errors > 0 ? 'bad' : null),
  },
  {
    title: 'FIRST PROMPT',
    width: 60,
    min: 8,
    rank: 0,
    cell: ({ project, title, modelUsed }) =>
      [project, title ?? modelUsed].filter((part) => part !== null).join(': '),
  },
];
const ORDERS = COLUMNS.flatMap(({ order }) => (order === undefined ? [] : [order]));

export class SessionsView implements View {
  readonly name = 'sessions';
  readonly #context: ViewContext;
  readonly #cursor = new ListCursor<SessionSummary>(({ sessionId }) => sessionId);
  #sessions: readonly SessionSummary[] = [];
  #rows: readonly SessionSummary[] = [];
  #filter: Filter | null = null;
  #order: SessionOrder = 'activity';
  #isReversed = false;
  #height = 20;
  #width = 80;
  #top = 0;
  #loadedAt = Number.NEGATIVE_INFINITY;
  #loadedVersion = -1;

  constructor(context: ViewContext) {
    this.#context = context;
  }

  get filter(): Filter | null {
    return this.#filter;
  }

  setFilter(filter: Filter | null): void {
    this.#filter = filter;
    this.#select();
  }

  title(): string {
    const all = this.#sessions.length;
    return all < MAX_SESSIONS ? `by ${this.#order}` : `by ${this.#order}, first ${all}`;
  }

  counts(): string {
    return `${this.#rows.length}/${this.#sessions.length}`;
  }

  shown(): void {
    this.#load();
  }

  lines({ width, height }: Area): string[] {
    this.#height = height - 1;
    this.#width = width;
    if (this.#isStale()) this.#load();
    if (this.#rows.length === 0) {
      if (this.#filter !== null) return ['', '  nothing matches the filter; Esc ends it'];
      return teachLines(this.#context, width);
    }
    const { theme } = this.#context;
    const columns = placeColumns(COLUMNS, width);
    const { start, end } = this.#cursor.window(this.#rows, this.#height);
    this.#top = start;
    const selected = this.#cursor.indexIn(this.#rows);
    const sorted = COLUMNS.find(({ order }) => order === this.#order)?.title ?? '';
    return [
      headLine(columns, theme, { [sorted]: this.#isReversed ? '^' : 'v' }),
      ...this.#rows
        .slice(start, end)
        .map((session, index) => rowLine(columns, session, theme, start + index === selected)),
    ];
  }

  act(action: Action): boolean {
    if (action === 'open') return this.#open();
    if (action === 'sort') return this.#sortBy(this.#nextOrder());
    if (action === 'reverse') {
      this.#isReversed = !this.#isReversed;
      this.#select();
      return true;
    }
    return moveInList(this.#cursor, this.#rows, action, this.#height);
  }

  click(row: number, column: number): void {
    if (row === 0) {
      const hit = placeColumns(COLUMNS, this.#width).findLast(({ at }) => at <= column);
      const order = COLUMNS.find(({ title }) => title === hit?.title)?.order;
      if (order !== undefined) this.#sortBy(order);
      return;
    }
    const index = this.#top + row - 1;
    if (index >= this.#rows.length) return;
    const isAgain = this.#cursor.indexIn(this.#rows) === index;
    this.#cursor.select(this.#rows, index);
    if (isAgain) this.#open();
  }

  selection(): Selection | null {
    const session = this.#cursor.selected(this.#rows);
    if (session === undefined) return null;
    const row = rowLine(placeColumns(COLUMNS, COPY_WIDTH), session, makeTheme('none'), false);
    return { row: row.trim(), sessionId: session.sessionId, exchangeId: null, body: null };
  }

  #nextOrder(): SessionOrder {
    return ORDERS[(ORDERS.indexOf(this.#order) + 1) % ORDERS.length] ?? 'activity';
  }

  #sortBy(order: SessionOrder): boolean {
    this.#isReversed = order === this.#order && !this.#isReversed;
    this.#order = order;
    this.#load();
    this.#cursor.select(this.#rows, 0);
    return true;
  }

  #isStale(): boolean {
    const { feed, now } = this.#context;
    return feed.version !== this.#loadedVersion && now() - this.#loadedAt > REFRESH_MS;
  }

  #load(): void {
    const { history, feed, now } = this.#context;
    this.#loadedAt = now();
    this.#loadedVersion = feed.version;
    this.#sessions = history?.sessions({ limit: MAX_SESSIONS, orderBy: this.#order }) ?? [];
    this.#select();
  }

  #select(): void {
    const filter = this.#filter;
    const matching =
      filter === null
        ? this.#sessions
        : this.#sessions.filter((session) => filter.matches(subjectOf(session)));
    this.#rows = this.#isReversed ? matching.toReversed() : matching;
  }

  #open(): boolean {
    const session = this.#cursor.selected(this.#rows);
    if (session !== undefined) {
      this.#context.open({ type: 'session', sessionId: session.sessionId });
    }
    return true;
  }
}

/** `11-24 14:03`. */
function shortTime(at: number): string {
  return formatTime(at).slice(5);
}

function subjectOf(session: SessionSummary): FilterSubject {
  const model = session.modelUsed ?? '';
  return {
    text: `${session.title ?? ''} ${model} ${session.client} ${session.sessionId} ${session.provider}`,
    model,
    client: session.client,
    session: session.sessionId,
    tools: '',
    status: null,
    isError: session.errors > 0,
    tokens: session.usage === null ? null : totalTokens(session.usage),
    durationMs: session.lastActivityAt - session.startedAt,
    usd: usdOf(session.cost.nanoUsd),
  };
}
