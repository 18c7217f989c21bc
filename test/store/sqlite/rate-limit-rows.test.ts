import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RateLimit } from '../../../src/core/rate-limits.ts';
import { openHistory } from '../../../src/store/history/sqlite-history.ts';
import { endItem, makeSink, requestItem, tempFolder } from '../../helpers/store-items.ts';

const limit = (name: string, usedShare: number): RateLimit => ({
  name,
  limit: 100,
  remaining: 100 * (1 - usedShare),
  usedShare,
  resetsAt: 5000,
  status: 'allowed',
});

it('the newest word about each limit of each account stands, whatever is written last', () => {
  const path = join(tempFolder(), 'sessions.db');
  const sink = makeSink(path);
  const say = (id: string, account: string, seenAt: number, limits: RateLimit[]): void => {
    const item = requestItem({ id });
    sink.write([
      item,
      endItem(item.request, { rateLimits: { account, provider: 'anthropic', seenAt, limits } }),
    ]);
  };
  say('e1', 'sk-…aaaa', 2000, [limit('requests', 0.5), limit('5h', 0.1)]);
  say('e2', 'sk-…aaaa', 1000, [limit('requests', 0.9)]);
  say('e3', 'sk-…bbbb', 3000, [limit('requests', 0.2)]);
  const history = openHistory(path);
  expect(history.limits()).toEqual([
    { account: 'sk-…bbbb', provider: 'anthropic', seenAt: 3000, limits: [limit('requests', 0.2)] },
    {
      account: 'sk-…aaaa',
      provider: 'anthropic',
      seenAt: 2000,
      limits: [limit('5h', 0.1), limit('requests', 0.5)],
    },
  ]);
  history.close();
});
