/**
 * Docs of system prompts and tool lists stand once for all sessions, at the exchange that sent them
 * first. When that one goes, another exchange that sent the same takes them over. Looks only at a
 * bounded number of exchanges: a prompt that none of them has leaves the index, and comes back with
 * the next request that sends it.
 */
import type { Database, Statement } from '../database.ts';
import { HAS_REFERENCES_SQL, referencesOf } from '../segments/codec.ts';

interface Body {
  readonly exchange_key: number;
  readonly codec: number;
  readonly content: Uint8Array;
}

interface Heir {
  readonly exchange: number;
  readonly segments: ReadonlySet<number>;
}

/** Newest of all, and the next after the session: clients change their prompts with their version. */
const CANDIDATES = 24;

export class SharedDocs {
  readonly #newest: Statement<[number, number], Body>;
  readonly #next: Statement<[number, number], Body>;
  readonly #move: Statement<[{ exchange: number; doc: number }]>;
  #session = 0;
  #heirs: readonly Heir[] = [];

  constructor(database: Database) {
    const bodies = `
      SELECT exchange_key, codec, content
      FROM exchanges JOIN segments ON segment_key = request_segment
      WHERE session_key <> ? AND ${HAS_REFERENCES_SQL}`;
    this.#newest = database.prepare(`${bodies} ORDER BY exchange_key DESC LIMIT ?`);
    this.#next = database.prepare(`${bodies} ORDER BY exchange_key LIMIT ?`);
    // Another process may have deleted the heir meanwhile.
    this.#move = database.prepare(`
      UPDATE docs SET exchange_key = @exchange WHERE doc_key = @doc
        AND EXISTS (SELECT 1 FROM exchanges WHERE exchange_key = @exchange)`);
  }

  /** True when an exchange outside `session` has the doc's segment and took it over. */
  moveTo(session: number, doc: { doc_key: number; segment_key: number }): boolean {
    if (this.#session !== session) this.#findHeirs(session);
    const heir = this.#heirs.find(({ segments }) => segments.has(doc.segment_key));
    if (heir === undefined) return false;
    return this.#move.run({ exchange: heir.exchange, doc: doc.doc_key }).changes > 0;
  }

  #findHeirs(session: number): void {
    const bodies = [
      ...this.#newest.all(session, CANDIDATES),
      ...this.#next.all(session, CANDIDATES),
    ];
    this.#session = session;
    this.#heirs = bodies.map((body) => ({
      exchange: body.exchange_key,
      segments: new Set(referencesOf(body)),
    }));
  }
}
