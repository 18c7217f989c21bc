/** Writes `sessions`: one row a conversation, its sums always those of its exchanges. */
import type { ExchangeRequest } from '../../core/exchange.ts';
import { isCounted } from '../../core/stats.ts';
import type { Database, Statement } from '../database.ts';
import { SUM_COLUMNS, type Sums } from './sums.ts';

interface NewSession {
  readonly session_id: string;
  readonly started_at: number;
  readonly client: string;
  readonly provider: string;
  readonly title: string | null;
  readonly model: string | null;
  readonly requests: number;
  readonly project: string | null;
}

export interface SessionEnd {
  readonly session: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The model to show for the session; null leaves it as it is. */
  readonly model: string | null;
}

export class SessionRows {
  readonly #find: Statement<[string], number>;
  readonly #insert: Statement<[NewSession]>;
  readonly #continue: Statement<[NewSession & { readonly key: number }]>;
  readonly #add: Statement<[SessionEnd & Sums]>;

  constructor(database: Database) {
    this.#find = database
      .prepare<[string], number>('SELECT session_key FROM sessions WHERE session_id = ?')
      .pluck();
    this.#insert = database.prepare(`
      INSERT INTO sessions (
        session_id, started_at, last_activity_at, client, provider, title, model_used, request_count,
        project
      ) VALUES (@session_id, @started_at, @started_at, @client, @provider, @title, @model, @requests,
        @project)`);
    this.#continue = database.prepare(`
      UPDATE sessions SET
        started_at = min(started_at, @started_at),
        last_activity_at = max(last_activity_at, @started_at),
        title = coalesce(title, @title),
        project = coalesce(project, @project),
        model_used = coalesce(model_used, @model),
        request_count = request_count + @requests
      WHERE session_key = @key`);
    this.#add = database.prepare(`
      UPDATE sessions SET
        ${SUM_COLUMNS.map((column) => `${column} = ${column} + @${column}`).join(', ')},
        last_activity_at = max(last_activity_at, @at),
        model_used = coalesce(@model, model_used)
      WHERE session_key = @session`);
  }

  /** Counts a request that was not known before; gives the session's key. */
  begin(request: ExchangeRequest): number {
    const isTurn = request.auxiliary === null;
    const row = {
      session_id: request.sessionId,
      started_at: request.startedAt,
      client: request.client,
      provider: request.provider,
      title: isTurn ? request.promptPreview : null,
      model: isTurn ? request.model : null,
      project: request.project,
      requests: Number(isCounted(request.auxiliary)),
    };
    const key = this.#find.get(request.sessionId);
    if (key === undefined) return Number(this.#insert.run(row).lastInsertRowid);
    this.#continue.run({ ...row, key });
    return key;
  }

  add(end: SessionEnd, sums: Sums): void {
    this.#add.run({ ...end, ...sums });
  }
}
