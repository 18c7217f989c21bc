/**
 * The screen without a terminal: views, what is typed, what lies over them, and when to draw. Takes
 * input events, gives finished frames; everything it does to the world outside goes through
 * ScreenActions.
 */
import { formatClock } from '../core/format.ts';
import type { ControllerOptions, Frame } from './controller-options.ts';
import { composeFrame, FOOT_LINES, HEAD_LINES, MIN_COLUMNS, MIN_ROWS, viewAt } from './frame.ts';
import type { InputEvent } from './input/key-reader.ts';
import { type Action, actionFor, VIEWS, type ViewName } from './keymap.ts';
import { helpLines, paletteLines, quitLines } from './overlays.ts';
import { Prompt } from './prompt.ts';
import { doOutside } from './screen-actions.ts';
import { Feed } from './state/feed.ts';
import { Places } from './state/places.ts';
import { Pulse } from './state/pulse.ts';
import { Toast } from './state/toast.ts';
import { makeViews, type Views } from './views/all-views.ts';
import { Scroller } from './views/scroller.ts';
import type { Area, Target, View } from './views/view.ts';
import { readingProblem, viewBody } from './views/view-body.ts';

const TICK_MS = 1000;

export class Controller {
  readonly #options: ControllerOptions;
  readonly #feed: Feed;
  readonly #views: Views;
  readonly #pulse: Pulse;
  readonly #prompt: Prompt;
  readonly #listeners = new Set<() => void>();
  readonly #places = new Places();
  readonly #help = new Scroller();
  #size = { columns: 80, rows: 24 };
  #overlay: 'help' | 'quit' | null = null;
  readonly #toast: Toast;
  #frame: Frame | Error = { lines: [], columns: 0 };
  #cancelTick: (() => void) | null = null;
  #isClosed = false;

  constructor(options: ControllerOptions) {
    const { source, history, theme, drawGrid, price, now, timers } = options;
    this.#options = options;
    this.#toast = new Toast(now);
    this.#pulse = new Pulse(timers, () => this.#publish());
    const soon = (): void => this.#pulse.soon();
    this.#feed = new Feed({ source, history, now, onChange: soon });
    this.#views = makeViews({
      history,
      feed: this.#feed,
      facts: () => source.facts,
      theme,
      drawGrid,
      price,
      now,
      open: (target) => this.#open(target),
      toast: (text) => this.toast(text),
      redraw: soon,
      later: (run) => this.#later(run),
    });
    this.#prompt = new Prompt({
      timers,
      view: () => this.#current(),
      search: this.#views.search,
      run: (action) => this.#act(action),
      redraw: soon,
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  close(): void {
    this.#isClosed = true;
    this.#pulse.stop();
    this.#cancelTick?.();
    this.#feed.close();
  }

  resize(columns: number, rows: number): void {
    this.#size = { columns, rows };
    this.#pulse.resized(columns, rows);
    this.#pulse.now();
  }

  toast(text: string): void {
    this.#toast.show(text);
    this.#pulse.soon();
  }

  get runningCount(): number {
    return this.#options.source.state().running.size;
  }

  /** The frame to draw; throws what went wrong while it was made, so that drawing it fails. */
  readonly frame = (): Frame => {
    if (this.#frame instanceof Error) throw this.#frame;
    return this.#frame;
  };

  /** Made outside of React: a view may draw a table with Ink, and Ink cannot draw within a drawing. */
  #compose(): Frame {
    const { columns, rows } = this.#size;
    const { source, theme, isAttached, now } = this.#options;
    const area = { width: columns, height: rows - HEAD_LINES - FOOT_LINES };
    const isSmall = columns < MIN_COLUMNS || rows < MIN_ROWS;
    const body = isSmall ? [] : this.#body(area);
    this.#tick();
    const lines = composeFrame({
      columns,
      rows,
      theme,
      facts: source.facts,
      state: this.#feed.state,
      speed: this.#feed.speed,
      view: this.#places.view,
      title: this.#title(),
      body,
      message: this.#message(),
      isPaused: this.#feed.isPaused,
      isAttached,
      lostReason: this.#feed.lostReason,
      clock: formatClock(now()).slice(0, 5),
    });
    return { lines, columns };
  }

  handle(event: InputEvent): void {
    const problem = readingProblem(() => this.#take(event));
    if (problem !== null) this.toast(problem);
    this.#pulse.now();
  }

  #take(event: InputEvent): void {
    switch (event.type) {
      case 'key':
        this.#key(event.key);
        break;
      case 'paste':
        this.#prompt.paste(event.text);
        break;
      case 'wheel':
        for (let step = 0; step < 3; step += 1) this.#act(event.delta > 0 ? 'down' : 'up');
        break;
      case 'click':
        this.#click(event.column, event.row);
    }
  }

  #key(key: string): void {
    if (this.#overlay !== null) {
      const action = actionFor(key, this.#places.view);
      const isScroll = this.#overlay === 'help' && action !== null && this.#help.act(action);
      if (this.#overlay === 'quit') this.#answerQuit(key);
      if (!isScroll) this.#overlay = null;
      return;
    }
    if (key !== 'ctrl-c' && this.#prompt.key(key)) return;
    const action = actionFor(key, this.#places.view);
    if (action !== null) this.#act(action);
  }

  #answerQuit(key: string): void {
    if (key === 'ctrl-c') this.#options.actions.quit('now');
    if (key === 'y') this.#options.actions.quit('drained');
  }

  #act(action: Action): void {
    if (action.startsWith('view-')) this.#goTo(viewOf(action));
    else if (action === 'next-view') this.#goTo(this.#places.neighbour(1));
    else if (action === 'previous-view') this.#goTo(this.#places.neighbour(-1));
    else if (action === 'back') this.#goBack();
    else if (action === 'help') this.#openHelp();
    else if (action === 'filter')
      this.#prompt.open(this.#places.view === 'search' ? 'search' : 'filter');
    else if (action === 'palette') this.#prompt.open('palette');
    else if (action === 'pause') this.#feed.togglePause();
    else if (action === 'quit') this.#quit();
    else if (!this.#current().act(action)) this.#outside(action);
  }

  /** What reaches beyond the screen. */
  #outside(action: Action): void {
    const { actions, isAttached, history, source } = this.#options;
    const selection = this.#current().selection();
    const toast = (text: string): void => this.toast(text);
    // An attached screen may stop: it holds up nobody.
    const isNeeded = this.runningCount > 0 && !isAttached;
    const { version, uiUrl } = source.facts;
    doOutside(action, { selection, history, version, uiUrl, actions, toast, isNeeded });
  }

  #openHelp(): void {
    this.#overlay = 'help';
    this.#help.reset();
  }

  #quit(): void {
    if (this.runningCount > 0 && !this.#options.isAttached) this.#overlay = 'quit';
    else this.#options.actions.quit('drained');
  }

  #goTo(view: ViewName): void {
    this.#prompt.close();
    this.#places.goTo(view);
    this.#current().shown?.();
    if (view === 'search' && this.#views.search.typed === '') this.#prompt.open('search');
  }

  #goBack(): void {
    const view = this.#current();
    if (view.filter) view.setFilter?.(null);
    else this.#places.goBack();
  }

  #open(target: Target): void {
    const { session, exchange } = this.#views;
    if (target.type === 'session') session.openSession(target.sessionId);
    else {
      exchange.openExchange(target);
      session.openSession(target.sessionId);
    }
    this.#goTo(target.type);
  }

  #click(column: number, row: number): void {
    if (this.#overlay !== null) return;
    const view = row === 1 ? viewAt(column, this.#size.columns) : null;
    if (view !== null) this.#goTo(view);
    else if (row >= HEAD_LINES) this.#current().click?.(row - HEAD_LINES, column);
  }

  #current(): View {
    return this.#views[this.#places.view];
  }

  #title(): string {
    const view = this.#current();
    const filter = view.filter ? `/${view.filter.typed} ${view.counts?.() ?? ''}` : '';
    return filter === '' ? view.title() : filter;
  }

  #body(area: Area): readonly string[] {
    const { theme } = this.#options;
    if (this.#overlay === 'help') {
      return this.#help.cut(helpLines(this.#places.view, theme, area.width), area.height);
    }
    if (this.#overlay === 'quit') return quitLines(this.runningCount, theme);
    const { palette } = this.#prompt;
    if (palette !== null) return paletteLines(palette.commands, palette.selected, theme, area);
    return viewBody(this.#current(), area, theme);
  }

  #message() {
    const typed = this.#prompt.line();
    if (typed !== null) return { text: typed, style: 'bold' as const };
    const { text } = this.#toast;
    return text === null ? null : { text, style: 'warn' as const };
  }

  /** Elapsed times and the sparkline move once a second, and only while there is something to move. */
  #tick(): void {
    const isMoving =
      this.#feed.state.running.size > 0 || this.#feed.speed.isMoving || this.#toast.text !== null;
    if (!isMoving || this.#cancelTick !== null) return;
    this.#cancelTick = this.#options.timers.after(TICK_MS, () => {
      this.#cancelTick = null;
      this.#pulse.soon();
    });
  }

  /** Work between events: nothing of it runs on a closed history. */
  #later(run: () => void): void {
    this.#options.timers.after(0, () => {
      if (this.#isClosed) return;
      const problem = readingProblem(run);
      if (problem !== null) this.toast(problem);
    });
  }

  #publish(): void {
    if (this.#isClosed) return;
    try {
      this.#frame = this.#compose();
    } catch (error) {
      this.#frame = error instanceof Error ? error : new Error(String(error));
    }
    for (const listener of this.#listeners) listener();
  }
}

function viewOf(action: Action): ViewName {
  return VIEWS.find((name) => action === `view-${name}`) ?? 'live';
}
