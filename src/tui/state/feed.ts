/**
 * The rows of the live list: the newest from the history, then what the events add. A window of
 * bounded size over all exchanges: paging back beyond it reads the history and lets go of the newest
 * rows (detached) until the person follows again.
 */
import { assertNever } from '../../core/assert.ts';
import type { FlowEvent } from '../../core/events.ts';
import type { LiveSource, LiveUpdate } from '../../core/live-source.ts';
import type { LiveExchange, LiveState } from '../../core/live-state.ts';
import type { ExchangeLine, History } from '../../core/ports.ts';
import { endLine, lineOfLive, lineOfRequest } from './lines.ts';
import { SpeedMeter } from './speed-meter.ts';

const PAGE = 500;
const MAX_ROWS = 2000;
/** What the events told last: the history may be behind them by one batch. */
const MAX_RECENT = 500;

export interface FeedOptions {
  readonly source: LiveSource;
  readonly history: History | null;
  readonly now: () => number;
  readonly onChange: () => void;
}

export class Feed {
  readonly speed: SpeedMeter;
  readonly #options: FeedOptions;
  readonly #unsubscribe: () => void;
  readonly #recent = new Map<string, ExchangeLine>();
  #rows: ExchangeLine[] = [];
  #state: LiveState;
  #isDetached = false;
  #isPaused = false;
  #lostReason: string | null = null;
  #version = 0;
  #missed = 0;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#state = options.source.state();
    this.speed = new SpeedMeter(options.now);
    this.#unsubscribe = options.source.subscribe((update) => this.#take(update));
    this.reload();
  }

  /** Oldest first. */
  get rows(): readonly ExchangeLine[] {
    return this.#rows;
  }

  /** Changes whenever the rows do. */
  get version(): number {
    return this.#version;
  }

  get state(): LiveState {
    return this.#state;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Exchanges that began while the newest rows were out of the window. */
  get missed(): number {
    return this.#missed;
  }

  /** Why the server cannot be reached; null while it can. */
  get lostReason(): string | null {
    return this.#lostReason;
  }

  running(id: string): LiveExchange | undefined {
    return this.#state.running.get(id);
  }

  close(): void {
    this.#unsubscribe();
  }

  /** The screen stands still; going on catches up. */
  togglePause(): void {
    this.#isPaused = !this.#isPaused;
    if (!this.#isPaused) this.reload();
  }

  /** The newest rows again. */
  reload(): void {
    const { history, source } = this.#options;
    this.#state = source.state();
    const stored = history?.timeline({ limit: PAGE }).reverse() ?? this.#rows;
    const lines = new Map(stored.map((line) => [line.id, line]));
    for (const live of this.#state.running.values()) {
      if (!lines.has(live.request.id)) lines.set(live.request.id, lineOfLive(live));
    }
    const oldest = stored[0]?.startedAt ?? 0;
    for (const line of this.#recent.values()) {
      const isKnown = (lines.get(line.id)?.outcome ?? null) !== null;
      if (!isKnown && line.startedAt >= oldest) lines.set(line.id, line);
    }
    this.#rows = [...lines.values()].sort((a, b) => a.startedAt - b.startedAt);
    this.#isDetached = false;
    this.#changed();
  }

  /** Older rows before the oldest; how many there were. */
  loadOlder(): number {
    const [before] = this.#rows;
    if (before === undefined || this.#options.history === null) return 0;
    const older = this.#options.history.timeline({ limit: PAGE, before }).reverse();
    this.#rows = [...older, ...this.#rows];
    if (this.#rows.length > MAX_ROWS) {
      this.#rows.length = MAX_ROWS;
      if (!this.#isDetached) this.#missed = 0;
      this.#isDetached = true;
    }
    this.#changed();
    return older.length;
  }

  #take(update: LiveUpdate): void {
    switch (update.type) {
      case 'event':
        this.#event(update.event);
        break;
      case 'snapshot':
        this.#lostReason = null;
        if (!this.#isPaused) this.reload();
        break;
      case 'lost':
        this.#lostReason = update.reason;
        break;
      default:
        assertNever(update);
    }
    this.#options.onChange();
  }

  #event(event: FlowEvent): void {
    if (event.type === 'response.progress') this.speed.add(event.text.length);
    const line = this.#lineAfter(event);
    if (line !== null) this.#remember(line);
    if (this.#isPaused) return;
    this.#state = this.#options.source.state();
    if (line === null) return;
    if (event.type === 'exchange.started') this.#push(line);
    else this.#replace(line);
  }

  /** The row of the exchange that an event is about; null when it changes none. */
  #lineAfter(event: FlowEvent): ExchangeLine | null {
    if (event.type === 'exchange.started') return lineOfRequest(event.exchange);
    if (event.type === 'response.started') {
      const line = this.#lineOf(event.exchangeId);
      return line === undefined ? null : { ...line, status: event.status };
    }
    if (event.type !== 'exchange.ended') return null;
    const line = this.#lineOf(event.end.id);
    return line === undefined ? null : endLine(line, event.end);
  }

  /** Searched from the end: what changes is nearly always new. */
  #lineOf(id: string): ExchangeLine | undefined {
    return this.#recent.get(id) ?? this.#rows.findLast((line) => line.id === id);
  }

  #remember(line: ExchangeLine): void {
    this.#recent.delete(line.id);
    this.#recent.set(line.id, line);
    const [oldest] = this.#recent.keys();
    if (this.#recent.size > MAX_RECENT && oldest !== undefined) this.#recent.delete(oldest);
  }

  #push(line: ExchangeLine): void {
    if (this.#isDetached) {
      this.#missed += 1;
      return;
    }
    this.#rows.push(line);
    // Cut in steps: moving all rows for each new one would be work for nothing.
    if (this.#rows.length > MAX_ROWS + PAGE) this.#rows = this.#rows.slice(-MAX_ROWS);
    this.#changed();
  }

  #replace(line: ExchangeLine): void {
    const index = this.#rows.findLastIndex(({ id }) => id === line.id);
    if (index === -1) return;
    this.#rows[index] = line;
    this.#changed();
  }

  #changed(): void {
    this.#version += 1;
  }
}
