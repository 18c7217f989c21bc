/** Writes `origins`: which client asked which provider how. A handful of rows for any history. */
import type { ExchangeRequest } from '../../core/exchange.ts';
import type { Database, Statement } from '../database.ts';
import { LruMap } from '../lru.ts';

type Origin = readonly (string | null)[];

const COLUMNS = [
  'client',
  'client_version',
  'user_agent',
  'provider',
  'dialect',
  'transport',
  'method',
  'upstream',
];
const REMEMBERED_ORIGINS = 1_000;

export class OriginRows {
  readonly #keys = new LruMap<string, number>(REMEMBERED_ORIGINS);
  readonly #find: Statement<(string | null)[], { origin_key: number }>;
  readonly #insert: Statement<(string | null)[]>;

  constructor(database: Database) {
    const same = COLUMNS.map((column) => `${column} IS ?`).join(' AND ');
    this.#find = database.prepare(`SELECT origin_key FROM origins WHERE ${same}`);
    this.#insert = database.prepare(
      `INSERT INTO origins (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map(() => '?').join(', ')})`,
    );
  }

  keyOf(request: ExchangeRequest): number {
    const origin = originOf(request);
    const name = JSON.stringify(origin);
    const remembered = this.#keys.get(name);
    if (remembered !== undefined) return remembered;
    const found = this.#find.get(...origin)?.origin_key;
    const key = found ?? Number(this.#insert.run(...origin).lastInsertRowid);
    this.#keys.set(name, key);
    return key;
  }

  forget(): void {
    this.#keys.clear();
  }
}

function originOf(request: ExchangeRequest): Origin {
  return [
    request.client,
    request.clientVersion,
    request.userAgent,
    request.provider,
    request.dialect,
    request.transport,
    request.method,
    request.upstream,
  ];
}
