/**
 * The rows of the live list: the newest from the history, then what the events add. A window of
 * bounded size over all exchanges: paging back beyond it reads the history and lets go of the newest
 * rows (detached) until the person follows again.
 */
import { assertNever } from '../../core/assert.ts';
import type { FlowEvent } from '../../core/events.ts';
import type { ExchangeEnd } from '../../core/exchange.ts';
import type { LiveSource, LiveUpdate } from '../../core/live-source.ts';
import type { LiveExchange, LiveState } from '../../core/live-state.ts';
import type { ExchangeLine, History } from '../../core/ports.ts';
import { endLine, lineOfLive, lineOfRequest } from './lines.ts';
import { SpeedMeter } from './speed-meter.ts';

const PAGE = 500;
const MAX_ROWS = 2000;
/** Ends that the history may not have written when it is read. */
const MAX_ENDS = 500;

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
  readonly #ends = new Map<string, ExchangeEnd>();
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
    const known = new Set(stored.map(({ id }) => id));
    const running = [...this.#state.running.values()].filter(
      ({ request }) => !known.has(request.id),
    );
    this.#rows = [...stored.map((line) => this.#fresh(line)), ...running.map(lineOfLive)];
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

  /** The history may be behind the events by one batch. */
  #fresh(line: ExchangeLine): ExchangeLine {
    if (line.outcome !== null) return line;
    const end = this.#ends.get(line.id);
    return end === undefined ? line : endLine(line, end);
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
    if (event.type === 'exchange.ended') this.#remember(event.end);
    if (this.#isPaused) return;
    this.#state = this.#options.source.state();
    if (event.type === 'exchange.started') this.#push(lineOfRequest(event.exchange));
    if (event.type === 'response.started') {
      this.#replace(event.exchangeId, (line) => ({ ...line, status: event.status }));
    }
    if (event.type === 'exchange.ended') {
      this.#replace(event.end.id, (line) => endLine(line, event.end));
    }
  }

  #remember(end: ExchangeEnd): void {
    this.#ends.set(end.id, end);
    const [oldest] = this.#ends.keys();
    if (this.#ends.size > MAX_ENDS && oldest !== undefined) this.#ends.delete(oldest);
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

  /** Searched from the end: what changes is nearly always new. */
  #replace(id: string, change: (line: ExchangeLine) => ExchangeLine): void {
    const index = this.#rows.findLastIndex((line) => line.id === id);
    const line = this.#rows[index];
    if (line === undefined) return;
    this.#rows[index] = change(line);
    this.#changed();
  }

  #changed(): void {
    this.#version += 1;
  }
}
