/**
 * Sums of local days that are over, kept in memory by a connection that is asked again and again (the
 * web API's): a month is then added up from its days, not from its hundred thousand exchanges. Rolled a
 * day at a time, so that nothing waits long. What may still change is not rolled (a day with a running
 * exchange); when something old has changed all the same (deleted, priced, parsed or imported later, a
 * tool's result that came days after), everything is forgotten and rolled anew: never a stale sum.
 */
import { OTHER_SESSION } from '../../core/exchange.ts';
import type { Activity } from '../../core/ports.ts';
import type { Database, Statement } from '../database.ts';
import { GROUPED_SUMS, TOOL_SUMS } from './sum-columns.ts';

interface Span {
  readonly from: number;
  readonly to: number;
}

interface State {
  readonly deletions: number;
  readonly newest: number;
  readonly hasOldChanges: number;
}

/** A record reaches the database a moment after it was made. */
const SETTLE_MS = 600_000;
const FOREVER = Number.MAX_SAFE_INTEGER;

export class ClosedDays {
  readonly #database: Database;
  readonly #state: Statement<[{ seen: number; until: number }], State>;
  readonly #oldest: Statement<[], { at: number | null }>;
  readonly #open: Statement<[Span], { n: number }>;
  /** Begin → end, and what happened in it once it was asked for. */
  readonly #days = new Map<number, number>();
  readonly #activities = new Map<number, Activity>();
  #hasTables = false;
  #deletions = -1;
  #seen = 0;
  #until = 0;

  constructor(database: Database) {
    this.#database = database;
    // `+` keeps both from walking the index over time.
    this.#state = database.prepare(`
      SELECT (SELECT deletions FROM upkeep) AS deletions,
        ifnull((SELECT max(exchange_key) FROM exchanges), 0) AS newest,
        EXISTS (SELECT 1 FROM exchanges WHERE exchange_key > @seen AND +started_at < @until)
        OR EXISTS (SELECT 1 FROM tool_calls
          WHERE result_exchange_key > @seen AND +requested_at < @until) AS hasOldChanges`);
    this.#oldest = database.prepare('SELECT min(started_at) AS at FROM exchanges');
    this.#open = database.prepare(`
      SELECT count(*) AS n FROM exchanges
      WHERE outcome IS NULL AND +started_at >= @from AND +started_at < @to`);
  }

  /** Rolls the whole days from `since` (epoch milliseconds) until now; each step is one day. */
  *roll(since: number, now: number): Generator<void, void> {
    const oldest = this.#oldest.get()?.at ?? null;
    if (oldest === null) return;
    for (let day = midnight(Math.max(since, oldest)); ; ) {
      const next = nextDay(day);
      if (next > now - SETTLE_MS) return;
      this.#refresh();
      if (day >= since && !this.#days.has(day) && this.#rollDay({ from: day, to: next })) yield;
      day = next;
    }
  }

  /** Forgets everything if something old has changed: in the transaction of what is read next. */
  #refresh(): void {
    const state = this.#state.get({ seen: this.#seen, until: this.#until });
    if (state === undefined) return;
    const isStale = state.deletions !== this.#deletions || state.hasOldChanges === 1;
    if (isStale) this.#forget();
    this.#deletions = state.deletions;
    this.#seen = state.newest;
  }

  /** Whether sums from `since` on are found in `rolled` and `raw_spans`, which are then ready. */
  prepare(since: number, now: number): boolean {
    this.#refresh();
    if (![...this.#days.keys()].some((day) => day >= since)) return false;
    this.#database.exec('DELETE FROM temp.raw_spans');
    const add = this.#database.prepare<[Span]>('INSERT INTO temp.raw_spans VALUES (@from, @to)');
    for (const span of this.#rawSpans(since, now)) add.run(span);
    return true;
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
    this.#makeTables();
    this.#database.prepare<[Span]>(`INSERT INTO temp.rolled ${ROLL} GROUP BY 2, 3, 4`).run(span);
    this.#database
      .prepare<[Span & { hidden: string }]>(
        `INSERT INTO temp.rolled_tools ${ROLL_TOOLS} GROUP BY 2`,
      )
      .run({ ...span, hidden: OTHER_SESSION });
    this.#days.set(span.from, span.to);
    this.#until = Math.max(this.#until, span.to);
    return true;
  }

  #makeTables(): void {
    if (this.#hasTables) return;
    // Each SELECT names the columns of its table; there is no such time, so it gives no row.
    const none = (sql: string): string =>
      sql.replaceAll('@from', '0').replaceAll('@to', '0').replaceAll('@hidden', "''");
    this.#database.pragma('temp_store = memory');
    this.#database.exec(`
      CREATE TEMP TABLE rolled AS ${none(ROLL)} GROUP BY 2, 3, 4;
      CREATE TEMP TABLE rolled_tools AS ${none(ROLL_TOOLS)} GROUP BY 2;
      CREATE TEMP TABLE raw_spans (span_from INTEGER NOT NULL, span_to INTEGER NOT NULL)`);
    this.#hasTables = true;
  }

  #forget(): void {
    this.#days.clear();
    this.#activities.clear();
    this.#until = 0;
    if (this.#hasTables) {
      this.#database.exec('DELETE FROM temp.rolled; DELETE FROM temp.rolled_tools');
    }
  }
}

const ROLL = `
  SELECT CAST(@from AS INTEGER) AS at, session_key, origin_key,
    coalesce(model_used, model) AS model, ${GROUPED_SUMS}
  FROM exchanges WHERE started_at >= @from AND started_at < @to`;
const ROLL_TOOLS = `
  SELECT CAST(@from AS INTEGER) AS at, name, ${TOOL_SUMS}
  FROM tool_calls WHERE requested_at >= @from AND requested_at < @to
    AND session_key IS NOT (SELECT session_key FROM sessions WHERE session_id = @hidden)`;

function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** Local days have 23 to 25 hours. */
function nextDay(day: number): number {
  const date = new Date(day);
  return date.setDate(date.getDate() + 1);
}
