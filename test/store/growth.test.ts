import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openHistory } from '../../src/store/history/sqlite-history.ts';
import { growingRequests } from '../helpers/growing-requests.ts';
import { endItem, makeSink, requestItem, tempFolder } from '../helpers/store-items.ts';

it('stores 100 growing requests of 40 MB in 1.2 MB, and gives each back byte for byte', () => {
  const path = join(tempFolder(), 'sessions.db');
  const sink = makeSink(path);
  const bodies = [...growingRequests(100)];
  bodies.forEach((body, index) => {
    const item = requestItem({ id: `e${index}`, startedAt: 1_790_000_000_000 + index }, body);
    sink.write([item, endItem(item.request)]);
  });
  sink.close();
  const total = bodies.reduce((sum, body) => sum + body.length, 0);
  expect(total).toBeGreaterThan(39_000_000);
  expect(statSync(path).size).toBeLessThan(1_200_000);
  const history = openHistory(path);
  bodies.forEach((body, index) => {
    expect(body.equals(history.rawBody(`e${index}`, 'request') ?? Buffer.alloc(0))).toBe(true);
  });
  history.close();
});
