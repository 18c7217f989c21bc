import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Part } from '../../../src/core/conversation.ts';
import type { History } from '../../../src/core/ports.ts';
import { openHistory } from '../../../src/store/history/sqlite-history.ts';
import { SqliteSink } from '../../../src/store/sqlite-sink.ts';
import { endItem, requestItem, START } from '../../helpers/store-items.ts';

const DAY = 86_400_000;
const CLAUDE = '5f0c8a4e-7c0e-4b39-9d34-0f5f3c7a1b11';
const CODEX = '019ab7c0-1111-7222-8333-944455566677';
const folder = mkdtempSync(join(tmpdir(), 'lunaroute-filters-'));
let history: History;

/** Two clients' sessions: one reads a file with two tools, one fails. */
beforeAll(() => {
  const path = join(folder, 'sessions.db');
  const calls: Part[] = [
    { type: 'tool-call', id: 't1', name: 'Bash', arguments: '{"command":"grep zebra"}' },
    { type: 'tool-call', id: 't2', name: 'Read', arguments: '{"file_path":"zebra.ts"}' },
  ];
  const prompt = { role: 'user', content: 'zebra please' };
  const first = requestItem(
    { id: 'ask', sessionId: CLAUDE, project: '/home/dev/Stripes' },
    { system: 'you know every zebra', messages: [prompt] },
  );
  const results = [
    { type: 'tool_result', tool_use_id: 't1', content: 'zebra of bash' },
    { type: 'tool_result', tool_use_id: 't2', content: 'zebra of read' },
  ];
  const second = requestItem(
    {
      id: 'tell',
      sessionId: CLAUDE,
      startedAt: START + 1_000,
      toolResults: [
        { id: 't1', bytes: 13, isError: false },
        { id: 't2', bytes: 13, isError: false },
      ],
    },
    { messages: [prompt, { role: 'user', content: results }] },
  );
  const failed = requestItem(
    {
      id: 'fail',
      sessionId: CODEX,
      client: 'codex',
      model: 'gpt-5.5',
      startedAt: START + DAY,
    },
    { messages: [{ role: 'user', content: 'another zebra' }] },
  );
  const guessed = requestItem(
    { id: 'own', sessionId: 'made-by-lunaroute', sessionSource: 'new', startedAt: START + 2 * DAY },
    { messages: [{ role: 'user', content: 'last zebra' }] },
  );
  const usage = {
    input: 900,
    cacheRead: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: 100,
    reasoning: 0,
  };
  const cost = { nanoUsd: 2_500_000_000, certainty: 'exact', priceVersion: '1' } as const;
  const sink = new SqliteSink({ path, instanceId: 'filters', onNotice: expect.unreachable });
  sink.write([
    first,
    endItem(first.request, {
      parts: calls,
      toolCalls: calls.filter((p) => p.type === 'tool-call'),
      usage,
      cost,
    }),
    second,
    endItem(second.request, {}),
    failed,
    endItem(failed.request, { outcome: 'failed', status: 529, errorCode: 'overloaded_error' }),
    guessed,
  ]);
  sink.close();
  history = openHistory(path);
});

afterAll(() => {
  history.close();
  rmSync(folder, { recursive: true, force: true });
});

const found = (typed: string) =>
  history
    .search(typed, { limit: 20, now: START + 3 * DAY })
    .map((hit) => `${hit.exchangeId} ${hit.kind}`)
    .sort();

describe('filters', () => {
  it.each([
    ['zebra role:user', ['ask prompt', 'fail prompt', 'own prompt']],
    ['zebra role:system', ['ask system']],
    ['zebra role:tool', ['tell tool-result', 'tell tool-result']],
    ['zebra role:tool-call', ['ask tool-call', 'ask tool-call']],
    ['zebra tool:Bash', ['ask tool-call', 'tell tool-result']],
    ['zebra tool:read -role:tool-call', ['tell tool-result']],
    ['zebra model:gpt', ['fail prompt']],
    ['zebra client:codex', ['fail prompt']],
    ['zebra -client:codex role:user', ['ask prompt', 'own prompt']],
    ['zebra project:stripes role:user', ['ask prompt']],
    ['zebra -project:stripes role:user', ['fail prompt', 'own prompt']],
    [`zebra session:${CODEX.slice(0, 6)}`, ['fail prompt']],
    ['zebra after:36h', ['own prompt']],
    ['zebra role:user before:36h', ['ask prompt', 'fail prompt']],
    ['zebra role:user cost>2', ['ask prompt']],
    ['zebra role:user cost>2.5', []],
    ['zebra role:user tokens>=1k', ['ask prompt']],
    ['zebra error:yes', ['fail prompt']],
    ['zebra error:overloaded', ['fail prompt']],
    ['zebra error:no role:user', ['ask prompt', 'own prompt']],
    ['zebra -error:yes role:user', ['ask prompt', 'own prompt']],
    ['client:codex', ['fail prompt']],
    ['tool:Bash', ['ask tool-call', 'tell tool-result']],
  ])('%s', (typed, hits) => {
    expect(found(typed)).toEqual(hits);
  });

  it('says how to resume a session where its client can', () => {
    const [resumed] = history.search('zebra client:claude role:system', { limit: 1 });
    expect(resumed).toMatchObject({ resume: `claude --resume ${CLAUDE}` });
    expect(resumed?.project).toBe('/home/dev/Stripes');
    const [codex] = history.search('another', { limit: 1 });
    expect(codex?.resume).toBe(`codex resume ${CODEX}`);
    const [own] = history.search('last', { limit: 1 });
    expect(own).toMatchObject({ exchangeId: 'own', resume: null });
  });
});
