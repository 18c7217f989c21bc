/**
 * Sums of local days that are over, kept in memory by a connection that is asked again and again (the
 * web API's): years are then added up from their days, not from a million exchanges. Rolled a day at a
 * time, so that nothing waits long. What may still change is not rolled (a day with a running
 * exchange); a day in which something has changed all the same (imported later, a tool's result that
 * came days after) is forgotten and rolled anew, after a deletion or new prices all days: never a stale sum.
 */
import { OTHER_SESSION } from '../../core/exchange.ts';
import type { Activity } from '../../core/ports.ts';
import type { Database, Statement } from '../database.ts';
import { DISTINCT, type Distinct, MAKE_TABLES, ROLL_DAY, ROLL_TAILS } from './rolled-tables.ts';

interface Span {
  readonly from: number;
  readonly to: number;
}

/** What has been seen, and where the days that are rolled end. */
interface Seen {
  readonly seen: number;
  readonly until: number;
}

/** A record reaches the database a moment after it was made. */
const SETTLE_MS = 600_000;
const FOREVER = Number.MAX_SAFE_INTEGER;
/** Old times at once that are looked at one by one. */
const MAX_CHANGES = 1000;
const TABLES = ['rolled', 'rolled_groups', 'rolled_tools'];

export class ClosedDays {
  readonly #database: Database;
  readonly #state: Statement<[], { deletions: number; newest: number }>;
  readonly #changes: Statement<[Seen], { at: number }>;
  readonly #oldest: Statement<[], { at: number | null }>;
  readonly #open: Statement<[Span], { n: number }>;
  /** Begin → end, and what happened in it once it was asked for. */
  readonly #days = new Map<number, number>();
  readonly #activities = new Map<number, Activity>();
  /** What `temp.tails` says of the days as they are. */
  readonly #tails = new Set<Distinct>();
  #hasTables = false;
  #deletions = -1;
  #seen = 0;

  constructor(database: Database) {
    this.#database = database;
    this.#state = database.prepare(`
      SELECT (SELECT deletions FROM upkeep) AS deletions,
        ifnull((SELECT max(exchange_key) FROM exchanges), 0) AS newest`);
    // `+` keeps them from walking the indexes over time.
    this.#changes = database.prepare(`
      SELECT started_at AS at FROM exchanges WHERE exchange_key > @seen AND +started_at < @until
      UNION SELECT requested_at FROM tool_calls
      WHERE result_exchange_key > @seen AND +requested_at < @until
      UNION SELECT started_at FROM tool_calls CROSS JOIN exchanges USING (exchange_key)
      WHERE result_exchange_key > @seen AND +started_at < @until
      LIMIT ${MAX_CHANGES}`);
    this.#oldest = database.prepare('SELECT min(started_at) AS at FROM exchanges');
    this.#open = database.prepare(`
      SELECT count(*) AS n FROM exchanges
      WHERE outcome IS NULL AND +started_at >= @from AND +started_at < @to`);
  }

  /** Rolls the whole days from `since` (epoch milliseconds) until now; each step is one day. */
  *roll(since: number, now: number): Generator<void, void> {
    const oldest = this.#oldest.get()?.at ?? null;
    if (oldest === null) return;
    this.#refresh();
    for (let day = midnight(Math.max(since, oldest)); ; ) {
      const next = nextDay(day);
      if (next > now - SETTLE_MS) break;
      if (day >= since && !this.#days.has(day) && this.#rollDay({ from: day, to: next })) {
        yield;
        this.#refresh();
      }
      day = next;
    }
    if (!this.#hasDaysFrom(since)) return;
    for (const name of DISTINCT) if (this.#countTails(name)) yield;
  }

  /** Forgets what has changed: in the transaction of what is read next. */
  #refresh(): void {
    const state = this.#state.get();
    if (state === undefined) return;
    if (state.deletions !== this.#deletions) this.#forget();
    else if (state.newest !== this.#seen && this.#days.size > 0) this.#forgetChanged();
    this.#deletions = state.deletions;
    this.#seen = state.newest;
  }

  /** Whether sums from `since` on are found in the tables of rolled-tables.ts, which are then ready. */
  prepare(since: number, now: number, distinct: Distinct | null): boolean {
    this.#refresh();
    if (!this.#hasDaysFrom(since)) return false;
    if (distinct !== null) this.#countTails(distinct);
    this.#database.exec('DELETE FROM temp.raw_spans');
    const add = this.#database.prepare<[Span]>('INSERT INTO temp.raw_spans VALUES (@from, @to)');
    for (const span of this.#rawSpans(since, now)) add.run(span);
    return true;
  }

  #hasDaysFrom(since: number): boolean {
    return [...this.#days.keys()].some((day) => day >= since);
  }

  /** What `read` says of a day that is over is remembered. */
  activity(span: Span, read: () => Activity): Activity {
    this.#refresh();
    if (this.#days.get(span.from) !== span.to) return read();
    const known = this.#activities.get(span.from) ?? read();
    this.#activities.set(span.from, known);
    return known;
  }

  /** From `since` on, what no rolled day covers; cut at midnights. */
  *#rawSpans(since: number, now: number): Generator<Span, void> {
    let from = Math.max(since, midnight(this.#oldest.get()?.at ?? since));
    while (from <= now) {
      const to = this.#days.get(from);
      const next = to ?? nextDay(midnight(from));
      if (to === undefined) yield { from, to: next };
      from = next;
    }
    // Clocks that were ahead.
    yield { from, to: FOREVER };
  }

  #rollDay(span: Span): boolean {
    if ((this.#open.get(span)?.n ?? 0) > 0) return false;
    if (!this.#hasTables) this.#database.pragma('temp_store = memory');
    if (!this.#hasTables) this.#database.exec(MAKE_TABLES);
    this.#hasTables = true;
    const parameters = { ...span, hidden: OTHER_SESSION };
    for (const sql of ROLL_DAY) this.#database.prepare<[object]>(sql).run(parameters);
    this.#days.set(span.from, span.to);
    this.#forgetTails();
    return true;
  }

  /** Whether it had to be done. */
  #countTails(distinct: Distinct): boolean {
    if (this.#tails.has(distinct)) return false;
    this.#database.exec(ROLL_TAILS[distinct]);
    this.#tails.add(distinct);
    return true;
  }

  #forgetChanged(): void {
    const seen = { seen: this.#seen, until: Math.max(...this.#days.values()) };
    const changes = this.#changes.all(seen);
    if (changes.length === MAX_CHANGES || this.#hasNewProject()) {
      this.#forget();
      return;
    }
    for (const day of new Set(changes.map(({ at }) => midnight(at)))) this.#forgetDay(day);
  }

  /** A session's folder may be known later than the session. */
  #hasNewProject(): boolean {
    return (
      this.#database
        .prepare<[number]>(`
          SELECT 1 FROM exchanges CROSS JOIN sessions USING (session_key)
          WHERE exchange_key > ? AND project IS NOT NULL AND EXISTS (SELECT 1 FROM temp.rolled
            WHERE rolled.session_key = exchanges.session_key AND rolled.project IS NULL)`)
        .get(this.#seen) !== undefined
    );
  }

  #forgetDay(day: number): void {
    if (!this.#days.delete(day)) return;
    this.#activities.delete(day);
    this.#forgetTails();
    for (const table of TABLES) {
      this.#database.prepare<[number]>(`DELETE FROM temp.${table} WHERE at = ?`).run(day);
    }
  }

  #forgetTails(): void {
    if (this.#tails.size > 0) this.#database.exec('DELETE FROM temp.tails');
    this.#tails.clear();
  }

  #forget(): void {
    this.#days.clear();
    this.#activities.clear();
    if (!this.#hasTables) return;
    this.#forgetTails();
    for (const table of TABLES) this.#database.exec(`DELETE FROM temp.${table}`);
  }
}

function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** Local days have 23 to 25 hours. */
function nextDay(day: number): number {
  const date = new Date(day);
  return date.setDate(date.getDate() + 1);
}
