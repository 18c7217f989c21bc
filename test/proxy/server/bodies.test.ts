import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { call, post, rawClient } from '../../helpers/proxy-client.ts';
import { startProxy } from '../../helpers/proxy-harness.ts';
import { startRawUpstream, startUpstream } from '../../helpers/proxy-upstream.ts';
import { waitFor } from '../../helpers/proxy-wait.ts';

const MB = 1 << 20;
const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

interface Received {
  readonly length: string | undefined;
  readonly coding: string | undefined;
  readonly body: Buffer;
}

/** A provider that keeps what it gets and sends it back. */
async function startEcho() {
  const requests: Received[] = [];
  const upstream = await startUpstream((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const body = Buffer.concat(chunks);
      requests.push({
        length: req.headers['content-length'],
        coding: req.headers['transfer-encoding'],
        body,
      });
      res.end(body);
    });
  });
  return { upstream, requests };
}

test.each([
  ['buffered', 64 * MB],
  ['streamed', 1 * MB],
])('40 MB, %s, both ways, sized', async (_name, maxBufferedBody) => {
  const { upstream, requests } = await startEcho();
  const { port, recorder } = await startProxy(upstream.port, { proxy: { maxBufferedBody } });
  const body = randomBytes(40 * MB);
  const answer = await post(port, body);
  expect(sha(answer.body)).toBe(sha(body));
  expect([sha(requests[0]!.body), requests[0]?.length]).toEqual([sha(body), String(body.length)]);
  const exchange = await recorder.ended();
  expect([sha(exchange.request), sha(exchange.response)]).toEqual([sha(body), sha(body)]);
});

test('a chunked body within the limit goes on with its length, one beyond it chunked', async () => {
  const { upstream, requests } = await startEcho();
  const { port, recorder } = await startProxy(upstream.port, { proxy: { maxBufferedBody: 1000 } });
  for (const size of [1000, 200_000]) {
    const body = randomBytes(size);
    const answer = await post(port, body, ['Transfer-Encoding', 'chunked']);
    expect(sha(answer.body)).toBe(sha(body));
  }
  expect(requests.map(({ length, coding }) => length ?? coding)).toEqual(['1000', 'chunked']);
  for (const index of [0, 1]) {
    const { request, kinds } = await recorder.ended(index);
    expect(request.length).toBe(requests[index]?.body.length);
    expect(kinds.filter((kind) => kind === 'received')).toHaveLength(1);
  }
});

test('bodies of any length and any chunks arrive as they were', async () => {
  const { upstream, requests } = await startEcho();
  const { port } = await startProxy(upstream.port, { proxy: { maxBufferedBody: 2000 } });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 1500 }), { maxLength: 5 }),
      fc.boolean(),
      async (parts, isChunked) => {
        const body = Buffer.concat(parts);
        const framing = isChunked ? ['Transfer-Encoding', 'chunked'] : [];
        const answer = await post(port, body, framing);
        expect(answer.body).toEqual(body);
        expect(requests.at(-1)?.body).toEqual(body);
      },
    ),
    { numRuns: 30 },
  );
});

test('a POST without a body says so upstream', async () => {
  const { upstream, requests } = await startEcho();
  const { port } = await startProxy(upstream.port);
  await call(port, {
    method: 'POST',
    path: '/v1/responses/r/cancel',
    headers: ['Content-Length', '0'],
  });
  expect(requests[0]).toMatchObject({ length: '0', coding: undefined });
});

test('an early answer to a streamed body is passed on, and the connection lives', async () => {
  const upstream = await startUpstream((req, res) => {
    if (req.method === 'GET') res.end('again');
    else res.writeHead(413).end('too large');
  });
  const { port, recorder } = await startProxy(upstream.port, { proxy: { maxBufferedBody: 10 } });
  const client = rawClient(
    port,
    'POST /v1/responses HTTP/1.1\r\nHost: {host}\r\nContent-Length: 3000000\r\n\r\n',
  );
  client.socket.write('x'.repeat(1000));
  await client.until('too large');
  expect((await recorder.ended()).end).toEqual({ kind: 'done' });
  client.socket.write('x'.repeat(2_999_000));
  client.socket.write(`GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  await client.until('again');
});

test('a slow provider holds a long upload back', async () => {
  let taken = 0;
  const upstream = await startRawUpstream((socket, received) => {
    taken = received.length;
    socket.pause();
  });
  const { port } = await startProxy(upstream.port, { proxy: { maxBufferedBody: 1 * MB } });
  const client = rawClient(
    port,
    `POST /v1/responses HTTP/1.1\r\nHost: {host}\r\nContent-Length: ${64 * MB}\r\n\r\n`,
  );
  const block = Buffer.alloc(MB);
  for (let i = 0; i < 64; i += 1) client.socket.write(block);
  await waitFor(() => taken > 0, 'the upload to begin');
  const settled = await settledValue(
    () => client.socket.bytesWritten - client.socket.writableLength,
  );
  expect(settled).toBeLessThan(32 * MB);
});

test('a stalled client holds the provider back', async () => {
  let written = 0;
  const upstream = await startUpstream((_req, res) => {
    const block = Buffer.alloc(64 * 1024);
    const pump = (): void => {
      while (written < 64 * MB) {
        written += block.length;
        if (!res.write(block)) return void res.once('drain', pump);
      }
      res.end();
    };
    pump();
  });
  const { port, recorder } = await startProxy(upstream.port);
  const client = rawClient(port, 'GET /v1/models HTTP/1.1\r\nHost: {host}\r\n\r\n');
  client.socket.pause();
  await waitFor(() => written > MB, 'the answer to begin');
  expect(await settledValue(() => written)).toBeLessThan(48 * MB);
  expect(recorder.exchanges()[0]?.end).toBeNull();
  client.socket.resume();
  await waitFor(() => client.received() > 64 * MB, 'the rest', 20_000);
  const exchange = await recorder.ended();
  expect([exchange.response.length, exchange.end]).toEqual([64 * MB, { kind: 'done' }]);
});

/** The value once it has stood still for a while. */
async function settledValue(read: () => number): Promise<number> {
  let last = -1;
  let since = Date.now();
  return waitFor(() => {
    const value = read();
    if (value !== last) {
      last = value;
      since = Date.now();
    }
    return Date.now() - since > 300 ? value : null;
  }, 'the flow to stand still');
}

test('a client that waits longer than the idle limit is not the provider’s silence', async () => {
  const upstream = await startUpstream((_req, res) => {
    res.end(Buffer.alloc(16 * MB));
  });
  const { port, recorder } = await startProxy(upstream.port, { provider: { timeoutMs: 100 } });
  const client = rawClient(port, 'GET /v1/models HTTP/1.1\r\nHost: {host}\r\n\r\n');
  client.socket.pause();
  const response = () => recorder.exchanges()[0]?.response.length ?? 0;
  await waitFor(() => response() > 0, 'the answer to begin');
  await settledValue(response);
  client.socket.resume();
  expect((await recorder.ended()).end).toEqual({ kind: 'done' });
});
