import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { call, rawClient } from '../../helpers/proxy-client.ts';
import { startProxy } from '../../helpers/proxy-harness.ts';
import { hasWholeHead, startRawUpstream } from '../../helpers/proxy-upstream.ts';
import { waitFor } from '../../helpers/proxy-wait.ts';

const CHUNKED =
  'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';
const SIZED = 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n';
const LAST_CHUNKED = CHUNKED.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
const UNTIL_CLOSE = 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n';
const reset = (socket: Socket): void => {
  socket.resetAndDestroy();
};
const fin = (socket: Socket): void => {
  socket.end();
};
const badChunk = (socket: Socket): void => {
  socket.write('zz\r\nxx\r\n');
};

interface Case {
  readonly name: string;
  readonly head: string;
  readonly part: string;
  readonly breakOff: (socket: Socket) => void;
  readonly code: string;
}

const CASES: readonly Case[] = [
  {
    name: 'reset in a chunked stream',
    head: CHUNKED,
    part: '8\r\ndata: 1\n\r\n',
    breakOff: reset,
    code: 'reset',
  },
  {
    name: 'FIN in a chunked stream',
    head: CHUNKED,
    part: '8\r\ndata: 1\n\r\n',
    breakOff: fin,
    code: 'closed',
  },
  {
    name: 'FIN inside an event',
    head: CHUNKED,
    part: 'ff\r\ndata: 1\n',
    breakOff: fin,
    code: 'closed',
  },
  {
    name: 'FIN in a chunked stream on a last connection',
    head: LAST_CHUNKED,
    part: '8\r\ndata: 1\n\r\n',
    breakOff: fin,
    code: 'closed',
  },
  {
    name: 'a bad chunk',
    head: CHUNKED,
    part: '8\r\ndata: 1\n\r\n',
    breakOff: badChunk,
    code: 'bad-response',
  },
  {
    name: 'reset in a sized body',
    head: SIZED,
    part: 'data: 1\n',
    breakOff: reset,
    code: 'reset',
  },
  { name: 'FIN in a sized body', head: SIZED, part: 'data: 1\n', breakOff: fin, code: 'closed' },
  {
    name: 'reset in a body without length',
    head: UNTIL_CLOSE,
    part: 'data: 1\n',
    breakOff: reset,
    code: 'reset',
  },
];

async function startCut({ head, part, breakOff }: Case) {
  let cut: () => void = () => undefined;
  const upstream = await startRawUpstream((socket, received) => {
    if (!hasWholeHead(received)) return;
    socket.write(head + part);
    cut = () => breakOff(socket);
  });
  const proxy = await startProxy(upstream.port);
  return { ...proxy, cut: () => cut(), upstream };
}

test.each(CASES)('$name: all that came is delivered, then the connection breaks', async (given) => {
  const { port, recorder, cut } = await startCut(given);
  const client = rawClient(port, 'GET /v1/models HTTP/1.1\r\nHost: {host}\r\n\r\n');
  await client.until('data: 1');
  cut();
  await client.untilEnded();
  const [, ...body] = client.text().split('\r\n\r\n');
  expect(body.join('\r\n\r\n')).not.toMatch(/0\r\n\r\n$/);
  const { end, response } = await recorder.ended();
  expect(response.toString()).toBe('data: 1\n');
  expect(end).toMatchObject({ kind: 'upstream-cut', code: given.code });
});

test.each(CASES)('$name: an HTTP client sees it as an error', async (given) => {
  const { port, cut, recorder } = await startCut(given);
  const answer = call(port);
  await waitFor(() => recorder.exchanges()[0]?.response.length === 8, 'the first event');
  cut();
  expect(await answer).toMatchObject({ status: 200, wasCut: true, body: Buffer.from('data: 1\n') });
});

test('an HTTP/1.0 client gets a reset: a plain end would look whole', async () => {
  const { port, cut } = await startCut(CASES[0]!);
  const client = rawClient(port, 'GET /v1/models HTTP/1.0\r\nHost: {host}\r\n\r\n');
  await client.until('data: 1');
  cut();
  expect(await client.untilEnded()).toBe('reset');
});

test('a body that the connection’s end delimits ends cleanly when the provider does', async () => {
  const upstream = await startRawUpstream((socket, received) => {
    if (hasWholeHead(received)) socket.end(`${UNTIL_CLOSE}whole`);
  });
  const { port, recorder } = await startProxy(upstream.port);
  expect(await call(port)).toMatchObject({ wasCut: false, body: Buffer.from('whole') });
  expect((await recorder.ended()).end).toEqual({ kind: 'done' });
});

test('silence in mid-answer cuts after the idle limit', async () => {
  const upstream = await startRawUpstream((socket, received) => {
    if (hasWholeHead(received)) socket.write(`${CHUNKED}8\r\ndata: 1\n\r\n`);
  });
  const { port, recorder } = await startProxy(upstream.port, { provider: { timeoutMs: 50 } });
  expect(await call(port)).toMatchObject({
    status: 200,
    wasCut: true,
    body: Buffer.from('data: 1\n'),
  });
  expect((await recorder.ended()).end).toMatchObject({
    kind: 'upstream-cut',
    code: 'idle-timeout',
  });
});

test('a large part is delivered whole before the break', async () => {
  const part = Buffer.alloc(2_000_000, 'x');
  const upstream = await startRawUpstream((socket, received) => {
    if (!hasWholeHead(received)) return;
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n');
    socket.end(part);
  });
  const { port } = await startProxy(upstream.port);
  const answer = await call(port);
  expect([answer.wasCut, answer.body.equals(part)]).toEqual([true, true]);
});
