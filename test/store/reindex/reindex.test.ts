import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Pricer } from '../../../src/core/cost.ts';
import { openHistory } from '../../../src/store/history/sqlite-history.ts';
import { reindex } from '../../../src/store/reindex/reindex.ts';
import { SqliteSink } from '../../../src/store/sqlite-sink.ts';
import { type ExchangeScript, makeRecorder, SSE_HEADERS } from '../../helpers/recorder-tap.ts';

const HEADERS = ['x-session-id', 's1', 'user-agent', 'Anthropic/JS 1.0'];
const TOOL = { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: 'ls' } };

const ASK: ExchangeScript = {
  id: 'a',
  headers: HEADERS,
  request: {
    model: 'claude-test',
    stream: true,
    messages: [{ role: 'user', content: 'List the files' }],
  },
  responseHeaders: SSE_HEADERS,
  response: [
    'data: {"type":"message_start","message":{"id":"msg_1","model":"claude-test","usage":{"input_tokens":10,"cache_read_input_tokens":5,"output_tokens":1}}}\n\n',
    `data: {"type":"content_block_start","index":0,"content_block":${JSON.stringify(TOOL)}}\n\n`,
    'data: {"type":"content_block_stop","index":0}\n\n',
    'data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":7}}\n\n',
    'data: {"type":"message_stop"}\n\n',
  ],
};

const RESULT: ExchangeScript = {
  id: 'b',
  headers: HEADERS,
  at: Date.UTC(2026, 10, 24, 12, 0, 5),
  request: {
    model: 'claude-test',
    messages: [
      { role: 'user', content: 'List the files' },
      { role: 'assistant', content: [TOOL] },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'a.txt' }],
      },
    ],
  },
  response: [
    '{"type":"message","id":"msg_2","role":"assistant","model":"claude-test","stop_reason":"end_turn","content":[{"type":"text","text":"One file: zanzibar"}],"usage":{"input_tokens":20,"output_tokens":3}}',
  ],
};

let folder: string;
let path: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lunaroute-reindex-'));
  path = join(folder, 'sessions.db');
  const sink = new SqliteSink({ path, instanceId: 'test', onNotice: () => undefined });
  const { run, recorder } = makeRecorder({ slots: [{ name: 'SQLite', path, sink }], price: PRICE });
  await run(ASK);
  await run(RESULT);
  await run({ id: 'c', method: 'GET', target: '/v1/models', dialect: null, headers: HEADERS });
  await recorder.close(1000);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const PRICE: Pricer = ({ usage }) => ({
  nanoUsd: usage.input + usage.output,
  certainty: 'exact',
  priceVersion: 'test',
});

const everything = () => reindex(path, { since: 0, price: PRICE, onProgress: () => undefined });

/** All that a person can see of the history. */
function visible(): unknown {
  const history = openHistory(path);
  try {
    const exchanges = history.exchanges('s1', { limit: 10, offset: 0 });
    return {
      session: history.session('s1'),
      details: exchanges.map(({ id }) => history.exchange(id)),
      stats: history.stats({}),
      found: history.search('zanzibar', { limit: 5 }),
    };
  } finally {
    history.close();
  }
}

/** The database as a version would have left it whose parsers understood nothing. */
function forgetContent(): void {
  const database = new Database(path);
  database.exec(`
    UPDATE exchanges SET model = NULL, stream = 0, prompt_preview = NULL, message_count = NULL,
      response_id = NULL, model_used = NULL, stop_reason = NULL, parts_segment = NULL,
      input_tokens = NULL, output_tokens = NULL, cache_read_tokens = NULL, cache_write_5m_tokens = NULL,
      cache_write_1h_tokens = NULL, reasoning_tokens = NULL, provider_usage = NULL,
      is_usage_unknown = 1 WHERE exchange_id <> 'c';
    DELETE FROM tool_calls;
    INSERT INTO texts (texts) VALUES ('delete-all');
    DELETE FROM docs;
    UPDATE sessions SET model_used = NULL, title = NULL, usage_count = 0, unknown_usage_count = 2,
      input_tokens = 0, output_tokens = 0, cache_read_tokens = 0, tool_call_count = 0`);
  database.close();
}

describe('reindex', () => {
  test('with the same parsers changes nothing', async () => {
    const before = visible();
    expect(await everything()).toEqual({ read: 2, changed: 0, skipped: 1 });
    expect(visible()).toEqual(before);
  });

  test('brings back from the bytes whatever parsers can say: content, sums, calls, search', async () => {
    const before = visible();
    forgetContent();
    expect(visible()).not.toEqual(before);
    expect(await everything()).toEqual({ read: 2, changed: 2, skipped: 1 });
    expect(visible()).toEqual(before);
    expect(await everything()).toMatchObject({ changed: 0 });
  });

  test('leaves alone what is older than asked for', async () => {
    const since = Date.UTC(2026, 10, 24, 12, 0, 3);
    expect(await reindex(path, { since, price: PRICE, onProgress: () => undefined })).toMatchObject(
      { read: 1 },
    );
  });

  test('says when nothing was recorded', async () => {
    const missing = join(folder, 'none.db');
    const run = reindex(missing, { since: 0, price: PRICE, onProgress: () => undefined });
    await expect(run).rejects.toThrow('nothing has been recorded yet');
  });
});
