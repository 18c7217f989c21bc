// A history of the middle of a person's years: as many exchanges and sessions as are asked for, over 60
// days. The rows are written with SQL: what is measured on them is reading.
import { join } from 'node:path';
import { openDatabase } from '../../src/store/database.ts';

const DAYS = 60;
const WORDS =
  'parser stream token session history segment buffer index window option header client server migration database middleware authentication timeout retry socket render column filter query schema'.split(
    ' ',
  );

function word(seed: number): string {
  const base = WORDS[(seed * 7919) % WORDS.length] ?? 'word';
  return seed % 3 === 0 ? base : `${base}${(seed * 2_654_435_761) % 5000}`;
}

/** A request of 200 kB, as a session's middle has. */
function conversation(): object {
  const messages = Array.from({ length: 200 }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `${word(index)} says a thing or two `.repeat(40),
  }));
  return { model: 'claude-opus-5-5', stream: true, messages };
}

export interface HistorySize {
  readonly exchanges: number;
  readonly sessions: number;
}

const MODELS = ['claude-opus-5-5', 'claude-haiku-5', 'gpt-5.5'];
const modelOf = (session: number): string => MODELS[session % MODELS.length] ?? '';

/** Writes `sessions.db` into the folder; returns its path. `now` is when the newest exchange was. */
export function fillHistory(
  folder: string,
  { exchanges: count, sessions }: HistorySize,
  now: number,
): string {
  const path = join(folder, 'sessions.db');
  const { database } = openDatabase(path);
  database.exec("INSERT INTO runs VALUES (1, 'bench', 'bench', 1, 0, 0)");
  database.exec(`INSERT INTO origins VALUES (1, 'claude-code', '2.1', 'claude-cli/2.1', 'anthropic',
    'anthropic-messages', 'http', 'POST', 'https://api.anthropic.com')`);
  const per = count / sessions;
  const step = (DAYS * 86_400_000) / count;
  const session = database.prepare(`INSERT INTO sessions (session_key, session_id, started_at,
    last_activity_at, client, provider, model_used, title, request_count, completed_count,
    usage_count, input_tokens, output_tokens, cache_read_tokens, tool_call_count, cost_nano_usd, exact_cost_count)
    VALUES (?, ?, ?, ?, 'claude-code', 'anthropic', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const exchange = database.prepare(`INSERT INTO exchanges (exchange_key, exchange_id, session_key,
    run_key, origin_key, session_source, started_at, target, is_counted, model, stream,
    prompt_preview, message_count, request_bytes, request_truncated, request_segment,
    request_headers, outcome, ended_at, status, model_used, response_bytes, is_partial,
    is_usage_unknown, first_token_ms, ended_ms, overhead_ms, input_tokens, output_tokens,
    cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, reasoning_tokens, cost_nano_usd,
    cost_certainty, price_version)
    VALUES (?, ?, ?, 1, 1, 'header', ?, '/v1/messages', 1, ?, 1, ?, 3, 900, 0, ?,
    ?, 'completed', ?, 200, ?, 900, 0, 0, ?, ?, 0.4, 9000, 200, 8000, 0, 0, 0, 9600000, 'exact', 'bench')`);
  const [bodySegment, headerSegment] = [count + 1, count + 2];
  const headers = Buffer.alloc(4);
  headers.writeUInt32BE(headerSegment);
  const segment = database.prepare('INSERT INTO segments VALUES (?, ?, ?, 0, ?)');
  const doc = database.prepare("INSERT INTO docs VALUES (?, ?, ?, 'prompt', 'element', ?, 0, ?)");
  const text = database.prepare('INSERT INTO texts (rowid, text) VALUES (?, ?)');
  const call =
    database.prepare(`INSERT INTO tool_calls (exchange_key, position, session_key, call_id,
    name, arguments, requested_at, duration_ms) VALUES (?, 0, ?, ?, ?, '{}', ?, 40)`);
  database.transaction(() => {
    const shared = [
      [bodySegment, Buffer.from(JSON.stringify(conversation()))],
      [headerSegment, Buffer.from(JSON.stringify(['content-type', 'application/json']))],
    ] as const;
    for (const [key, content] of shared)
      segment.run(key, Buffer.from(`shared ${key}`), content.length, content);
    for (let key = 1; key <= sessions; key += 1) {
      const at = Math.round(now - (sessions - key) * per * step);
      session.run(
        key,
        `session-${key}`,
        at,
        at,
        modelOf(key),
        `Please look at ${word(key)}`,
        per,
        per,
        per,
        per * 9000,
        per * 200,
        per * 8000,
        Math.floor(per / 2),
        per * 9_600_000,
        per,
      );
    }
    for (let key = 1; key <= count; key += 1) {
      const at = Math.round(now - (count - key) * step);
      const owner = Math.min(sessions, Math.floor((key - 1) / per) + 1);
      const said = `Please look at ${word(key)} and ${word(key + 13)}, then mend the ${word(key * 31)} of number ${key}`;
      const bytes = Buffer.from(JSON.stringify({ role: 'user', content: said }));
      const hash = Buffer.alloc(16);
      hash.writeBigInt64LE(BigInt(key));
      exchange.run(
        key,
        `exchange-${String(key).padStart(8, '0')}`,
        owner,
        at,
        modelOf(owner),
        said,
        bodySegment,
        headers,
        at + 1000,
        modelOf(owner),
        300 + (key % 900),
        1000 + (key % 9000),
      );
      segment.run(key, hash, bytes.length, bytes);
      doc.run(key, owner, key, key, key);
      text.run(key, said);
      if (key % 2 === 0) call.run(key, owner, `call-${key}`, key % 5 === 0 ? 'Read' : 'Bash', at);
    }
  })();
  database.exec('ANALYZE');
  database.close();
  return path;
}
