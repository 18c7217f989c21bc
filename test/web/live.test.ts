// The event stream: snapshot, events, going on after a break, and readers that do not read.
import { once } from 'node:events';
import net from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import type { FlowEvent } from '../../src/core/events.ts';
import { type SseEvent, SseReader } from '../../src/dialects/sse.ts';
import { endItem, requestItem, START } from '../helpers/store-items.ts';
import { startUiApi, type UiApi } from '../helpers/ui-api.ts';

const LIVE = '/api/v1/live';

interface Reading {
  /** The next `count` events. */
  next(count: number): Promise<readonly (SseEvent & { readonly id: string })[]>;
  close(): Promise<void>;
}

async function read({ port }: UiApi, lastId?: string): Promise<Reading> {
  const response = await fetch(`http://127.0.0.1:${port}${LIVE}`, {
    headers: lastId === undefined ? {} : { 'last-event-id': lastId },
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const body = response.body?.getReader();
  const parser = new SseReader();
  const events: (SseEvent & { id: string })[] = [];
  const ids: string[] = [];
  const decoder = new TextDecoder();
  return {
    next: async (count) => {
      while (events.length < count) {
        const chunk = await body?.read();
        if (chunk?.value === undefined) throw new Error('the stream has ended');
        ids.push(
          ...[...decoder.decode(chunk.value).matchAll(/^id: (.*)$/gm)].map(([, id = '']) => id),
        );
        for (const event of parser.push(chunk.value))
          events.push({ ...event, id: ids.shift() ?? '' });
      }
      return events.splice(0, count);
    },
    close: async () => body?.cancel(),
  };
}

function progress(seq: number, text = 'x'): FlowEvent {
  return {
    seq,
    type: 'response.progress',
    exchangeId: 'e',
    bytes: seq,
    kind: 'text',
    text,
    usage: null,
  };
}

it('begins with a snapshot, and goes on where a reader left off', async () => {
  const api = await startUiApi();
  const first = await read(api);
  const [snapshot] = await first.next(1);
  expect(snapshot).toMatchObject({ event: 'snapshot', id: `${START}-0` });
  expect(JSON.parse(snapshot?.data ?? '')).toMatchObject({ seq: 0, running: [], limits: [] });
  api.tell(progress(1));
  api.tell(progress(2));
  const [one, two] = await first.next(2);
  expect([one?.event, one?.id, JSON.parse(two?.data ?? '').seq]).toEqual(['flow', `${START}-1`, 2]);
  await first.close();
  api.tell(progress(3));
  api.tell(progress(4));
  const second = await read(api, `${START}-2`);
  expect((await second.next(2)).map(({ id, event }) => [id, event])).toEqual([
    [`${START}-3`, 'flow'],
    [`${START}-4`, 'flow'],
  ]);
  api.tell(progress(5));
  expect((await second.next(1))[0]?.id).toBe(`${START}-5`);
  await second.close();
});

it.each([
  ['another run', `${START + 1}-1`],
  ['an event that is to come', `${START}-99`],
  ['an event before anybody read', `${START}-0`],
  ['no id of ours', 'nonsense'],
])('begins with a snapshot again for %s', async (_what, id) => {
  const api = await startUiApi();
  api.tell(progress(1));
  const first = await read(api);
  await first.next(1);
  api.tell(progress(2));
  const again = await read(api, id);
  const [event] = await again.next(1);
  expect([event?.event, event?.id]).toEqual(['snapshot', `${START}-2`]);
});

it('carries what providers said about limits', async () => {
  const api = await startUiApi();
  const rateLimits = { account: 'sk-…wxyz', provider: 'anthropic', seenAt: START, limits: [] };
  const { end } = endItem(requestItem().request, { rateLimits });
  api.tell({ seq: 1, type: 'exchange.ended', end });
  const [snapshot] = await (await read(api)).next(1);
  expect(JSON.parse(snapshot?.data ?? '').limits).toEqual([rateLimits]);
});

it('cuts off a reader that does not read, and nobody else', async () => {
  const api = await startUiApi();
  const slow = net.connect(api.port, '127.0.0.1');
  onTestFinished(() => void slow.destroy());
  slow.pause();
  slow.write(`GET ${LIVE} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
  const other = await read(api);
  await other.next(1);
  // Its socket takes a few megabytes; the rest waits here.
  for (let seq = 1; seq <= 40; seq += 1) {
    api.tell(progress(seq, 'x'.repeat(1024 * 1024)));
    expect((await other.next(1))[0]?.id).toBe(`${START}-${seq}`);
  }
  slow.resume();
  await once(slow, 'close');
  expect(slow.bytesRead).toBeLessThan(30 * 1024 * 1024);
});

it('answers no more than so many readers at once', async () => {
  const api = await startUiApi();
  const readers = await Promise.all(Array.from({ length: 32 }, () => read(api)));
  expect((await api.ask(LIVE)).status).toBe(503);
  await readers[0]?.close();
  await expect
    .poll(
      async () =>
        await read(api).then(
          () => 'again',
          () => 'full',
        ),
      { timeout: 20_000 },
    )
    .toBe('again');
  expect((await api.ask(LIVE, { method: 'POST' })).status).toBe(405);
});
