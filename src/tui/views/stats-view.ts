/** Today, 7 and 30 days: tokens, models, tools, errors, latency. */
import type { Action } from '../keymap.ts';
import { ActivityDays } from '../state/activity-days.ts';
import { Scroller } from './scroller.ts';
import { statsLines } from './stats-text.ts';
import { tabLine } from './tabs.ts';
import type { Area, Selection, View, ViewContext } from './view.ts';

const SPANS = [
  { name: 'today', days: 1 },
  { name: '7 days', days: 7 },
  { name: '30 days', days: 30 },
] as const;
/** While it is in view, today is looked at again no more often than this. */
const REFRESH_MS = 5000;

export class StatsView implements View {
  readonly name = 'stats';
  readonly #context: ViewContext;
  readonly #scroller = new Scroller();
  readonly #days: ActivityDays | null;
  #span: (typeof SPANS)[number] = SPANS[0];
  #drawn: { key: string; lines: string[] } | null = null;
  #revision = 0;
  #refreshedAt = 0;
  #seenVersion = -1;

  constructor(context: ViewContext) {
    const { history, now, later, redraw } = context;
    this.#context = context;
    const onRead = (): void => {
      this.#revision += 1;
      redraw();
    };
    this.#days = history === null ? null : new ActivityDays({ history, now, later, onRead });
  }

  shown(): void {
    this.#refresh();
  }

  title(): string {
    const isComplete = this.#days?.isComplete(this.#span.days) ?? true;
    return `${this.#span.name}${isComplete ? '' : ', reading…'} ${this.#scroller.position()}`;
  }

  lines({ width, height }: Area): string[] {
    if (this.#days === null) return ['', '  recording to SQLite is off: no statistics'];
    const { theme, feed, now } = this.#context;
    if (feed.version !== this.#seenVersion && now() - this.#refreshedAt > REFRESH_MS)
      this.#refresh();
    const tabs = tabLine(
      SPANS.map(({ name }) => name),
      this.#span.name,
      theme,
    );
    const lines = this.#text(width);
    return [tabs, ...this.#scroller.cut(lines, Math.max(1, height - 1))];
  }

  act(action: Action): boolean {
    if (action === 'left' || action === 'right') {
      const step = action === 'right' ? 1 : SPANS.length - 1;
      this.#span = SPANS[(SPANS.indexOf(this.#span) + step) % SPANS.length] ?? SPANS[0];
      this.#scroller.reset();
      return true;
    }
    return this.#scroller.act(action);
  }

  selection(): Selection | null {
    const text = this.#drawn?.lines.join('\n') ?? '';
    return { row: text, sessionId: null, exchangeId: null, body: text };
  }

  #refresh(): void {
    this.#refreshedAt = this.#context.now();
    this.#seenVersion = this.#context.feed.version;
    this.#days?.refresh();
  }

  /** Grids take tens of milliseconds to draw: only when something changed. */
  #text(width: number): string[] {
    const key = `${this.#revision} ${this.#span.days} ${width}`;
    if (this.#drawn?.key !== key) {
      const days = this.#days?.latest(this.#span.days) ?? [];
      const { theme, drawGrid } = this.#context;
      this.#drawn = { key, lines: statsLines(days, { theme, drawGrid, width }) };
    }
    return this.#drawn.lines;
  }
}
