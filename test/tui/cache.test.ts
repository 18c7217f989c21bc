// What the screen says about the prompt cache and about rate limits.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makePricer } from '../../src/prices/pricer.ts';
import { PriceTable } from '../../src/prices/table.ts';
import { openHistory } from '../../src/store/history/sqlite-history.ts';
import { makeEnd, makeRequest } from '../helpers/flow-events.ts';
import { endItem, makeSink, requestItem, START, tempFolder } from '../helpers/store-items.ts';
import { makeController } from '../helpers/test-screen.ts';

const MINUTE = 60_000;
const usage = (cacheRead: number, cacheWrite5m: number) => ({
  input: cacheRead + cacheWrite5m + 100,
  cacheRead,
  cacheWrite5m,
  cacheWrite1h: 0,
  output: 10,
  reasoning: 0,
});

it('a session has a tab that names what the cache was lost by', () => {
  const path = join(tempFolder(), 'sessions.db');
  const sink = makeSink(path);
  const turn = (id: string, startedAt: number, tools: unknown, used: ReturnType<typeof usage>) => {
    const body = { model: 'claude-opus-5-5', tools, messages: [{ role: 'user', content: 'x' }] };
    const item = requestItem({ id, startedAt }, body);
    sink.write([item, endItem(item.request, { usage: used })]);
  };
  turn('e1', START, [{ name: 'Bash' }], usage(0, 30_000));
  turn('e2', START + MINUTE, [{ name: 'Bash', description: 'new' }], usage(0, 30_000));
  const history = openHistory(path);
  const price = makePricer(new PriceTable([], null));
  const screen = makeController({ history, price, now: START + 2 * MINUTE });
  screen.press('3', 'l', 'l');
  const text = screen.lines().join('\n');
  expect(text).toContain('[cache]');
  // 30,000 tokens written at 5 instead of read at 0.2
  expect(text).toMatch(/30\.1k +0 +30\.0k +0% +30\.0k +\$0\.1440 {2}tool Bash changed/);
  history.close();
});

it('the status line shows the limits that are used most', () => {
  const screen = makeController({ history: null });
  const limit = { limit: null, remaining: null, resetsAt: null, status: null };
  const rateLimits = {
    account: 'sk-…',
    provider: 'anthropic',
    seenAt: 1,
    limits: [
      { ...limit, name: '7d', usedShare: 0.13 },
      { ...limit, name: 'requests', usedShare: 0.01 },
      { ...limit, name: '5h', usedShare: 0.42 },
    ],
  };
  screen.publish(
    { type: 'exchange.started', exchange: makeRequest() },
    { type: 'exchange.ended', end: makeEnd({ rateLimits }) },
  );
  expect(screen.lines().join('\n')).toContain('limits 5h 42%, 7d 13%');
});
