import { STATUS_CODES } from 'node:http';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { call, post, rawClient } from '../../helpers/proxy-client.ts';
import { startProxy } from '../../helpers/proxy-harness.ts';
import { hasWholeHead, startRawUpstream, startUpstream } from '../../helpers/proxy-upstream.ts';

/** Header lines as they were on the wire, without the first line. */
function headLines(bytes: string): string[] {
  return bytes.slice(0, bytes.indexOf('\r\n\r\n')).split('\r\n').slice(1);
}

test('request headers arrive in order, case and number; only the hop’s own are exchanged', async () => {
  let seen = '';
  const upstream = await startRawUpstream((socket, received) => {
    if (!hasWholeHead(received)) return;
    seen = received.toString('latin1');
    socket.write('HTTP/1.1 204 No Content\r\n\r\n');
  });
  const { port } = await startProxy(upstream.port);
  const sent = [
    'X-B: 1',
    'x-a: 2',
    'X-B: 3',
    'Accept-Encoding: gzip, zstd',
    'cookie: a',
    'Cookie: b',
    'X-Latin: \xe9\xff',
    'X-Empty: ',
  ];
  const client = rawClient(
    port,
    `GET /v1/models?a=%2F&b HTTP/1.1\r\nHost: {host}\r\nConnection: X-Hop, keep-alive\r\nX-Hop: 1\r\nTE: trailers\r\n${sent.join('\r\n')}\r\n\r\n`,
  );
  await client.until('204');
  expect(seen.split('\r\n')[0]).toBe('GET /v1/models?a=%2F&b HTTP/1.1');
  expect(headLines(seen)).toEqual([
    `host: 127.0.0.1:${upstream.port}`,
    'connection: keep-alive',
    ...sent,
  ]);
});

test('the answer’s head arrives as it was, with nothing added but its framing', async () => {
  const headers = [
    'Set-Cookie: a=1',
    'X-B: 1',
    'set-cookie: b=2',
    'x-b: \xc3\xa9',
    'Content-Length: 2',
    'X-B: 3',
  ];
  const upstream = await startRawUpstream((socket, received) => {
    if (!hasWholeHead(received)) return;
    socket.write(
      `HTTP/1.1 299 Quite Fine\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n${headers.join('\r\n')}\r\n\r\nok`,
      'latin1',
    );
  });
  const { port } = await startProxy(upstream.port);
  const client = rawClient(port, 'GET /v1/models HTTP/1.1\r\nHost: {host}\r\n\r\n');
  await client.until('\r\n\r\nok');
  expect(client.text()).toBe(`HTTP/1.1 299 Quite Fine\r\n${headers.join('\r\n')}\r\n\r\nok`);
});

test('a chunked answer gets chunked framing and keeps its trailers', async () => {
  const upstream = await startUpstream((_req, res) => {
    res.writeHead(200, { Trailer: 'X-Sum' });
    res.write('one');
    res.addTrailers([
      ['X-Sum', '1'],
      ['x-sum', '2'],
    ]);
    res.end('two');
  });
  const { port, recorder } = await startProxy(upstream.port);
  const answer = await call(port);
  expect(answer.body.toString()).toBe('onetwo');
  expect(answer.rawTrailers).toEqual(['X-Sum', '1', 'x-sum', '2']);
  expect(answer.header('trailer')).toBe('X-Sum');
  expect((await recorder.ended()).response.toString()).toBe('onetwo');
});

test('events arrive one by one, the head before the first of them', async () => {
  let next: () => void = () => undefined;
  const upstream = await startUpstream((_req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.flushHeaders();
    let n = 0;
    next = () => {
      n += 1;
      res.write(`data: ${n}\n\n`);
    };
  });
  const { port } = await startProxy(upstream.port);
  const client = rawClient(port, 'GET /v1/models HTTP/1.1\r\nHost: {host}\r\n\r\n');
  await client.until('text/event-stream');
  for (const n of [1, 2, 3]) {
    expect(client.text()).not.toContain(`data: ${n}`);
    next();
    await client.until(`data: ${n}\n\n`);
  }
});

test('compressed bodies pass as they are, and so does what asks for them', async () => {
  const packed = gzipSync('{"a":1}');
  let accepts: string | undefined;
  const upstream = await startUpstream((req, res) => {
    accepts = req.headers['accept-encoding'];
    res.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
  });
  const { port, recorder } = await startProxy(upstream.port);
  const answer = await call(port, { headers: ['accept-encoding', 'gzip, deflate, br, zstd'] });
  expect(answer.body).toEqual(packed);
  expect(accepts).toBe('gzip, deflate, br, zstd');
  expect((await recorder.ended()).response).toEqual(packed);
});

test('an error answer passes once, with its retry-after', async () => {
  const upstream = await startUpstream((_req, res) => {
    res.writeHead(429, { 'retry-after': '7' }).end('{"error":"slow down"}');
  });
  const { port } = await startProxy(upstream.port, { provider: { maxRetries: 3 } });
  const answer = await post(port);
  expect([answer.status, answer.header('retry-after')]).toEqual([429, '7']);
  expect(answer.header('x-lunaroute-error')).toBeUndefined();
  expect(upstream.hits()).toBe(1);
});

test('a redirect passes and is not followed', async () => {
  const upstream = await startUpstream((_req, res) => {
    res.writeHead(302, { location: '/v1/elsewhere' }).end();
  });
  const { port } = await startProxy(upstream.port);
  const answer = await call(port);
  expect([answer.status, answer.header('location')]).toEqual([302, '/v1/elsewhere']);
  expect(upstream.hits()).toBe(1);
});

test.each([
  ['HEAD', 200, ['Content-Length', '1234']],
  ['GET', 204, []],
  ['GET', 304, ['ETag', '"x"']],
])(
  '%s with status %i has no body and leaves the connection usable',
  async (method, status, headers) => {
    const upstream = await startUpstream((_req, res) => {
      res.writeHead(status, headers).end();
    });
    const { port } = await startProxy(upstream.port);
    const request = `${method} /v1/models HTTP/1.1\r\nHost: {host}\r\n\r\n`;
    const client = rawClient(port, request + request);
    const lines = headers.length > 0 ? `${headers.join(': ')}\r\n` : '';
    const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}\r\n`;
    await client.until(head + head);
  },
);

test('Expect: 100-continue is answered here and not sent on', async () => {
  let expectation: string | undefined;
  const upstream = await startUpstream((req, res) => {
    expectation = req.headers.expect;
    req.on('data', () => undefined).on('end', () => res.end('done'));
  });
  const { port } = await startProxy(upstream.port);
  const client = rawClient(
    port,
    'POST /v1/responses HTTP/1.1\r\nHost: {host}\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n',
  );
  await client.until('100 Continue');
  client.socket.write('{}');
  await client.until('done');
  expect(expectation).toBeUndefined();
});

test('103 Early Hints pass before the answer', async () => {
  const upstream = await startUpstream((_req, res) => {
    res.writeEarlyHints({ link: '</a.css>; rel=preload; as=style' });
    res.end('done');
  });
  const { port } = await startProxy(upstream.port);
  const client = rawClient(port, 'GET /v1/models HTTP/1.1\r\nHost: {host}\r\n\r\n');
  await client.until('done');
  expect(client.text()).toMatch(
    /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a\.css>; rel=preload; as=style\r\n\r\nHTTP\/1\.1 200/,
  );
});

test('an HTTP/1.0 client gets a body that ends with the connection', async () => {
  const upstream = await startUpstream((_req, res) => {
    res.write('one');
    res.end('two');
  });
  const { port } = await startProxy(upstream.port);
  const client = rawClient(port, 'GET /v1/models HTTP/1.0\r\nHost: {host}\r\n\r\n');
  expect(await client.untilEnded()).toBe('fin');
  expect(client.text()).toMatch(/\r\n\r\nonetwo$/);
});

test('what is tapped is what crossed the sockets, with its times', async () => {
  const upstream = await startUpstream((req, res) => {
    req.resume().on('end', () => res.writeHead(200, ['X-A', '1', 'X-A', '2']).end('answer'));
  });
  const { port, recorder } = await startProxy(upstream.port);
  await post(port, '{"model":"gpt-5"}', ['X-Mine', '1', 'x-mine', '2']);
  await post(port, '{}');
  const first = await recorder.ended(0);
  const second = await recorder.ended(1);
  expect(first.kinds).toEqual(['open', 'bytes', 'received', 'sent', 'head', 'bytes', 'end']);
  expect(first.end).toEqual({ kind: 'done' });
  expect(first.request.toString()).toBe('{"model":"gpt-5"}');
  expect(first.response.toString()).toBe('answer');
  expect(first.open).toMatchObject({
    transport: 'http',
    method: 'POST',
    target: '/v1/chat/completions',
    provider: 'openai',
    dialect: 'openai-chat',
    upstream: `http://127.0.0.1:${upstream.port}`,
    clientAddress: '127.0.0.1',
  });
  expect(first.open.headers).toEqual(expect.arrayContaining(['X-Mine', '1', 'x-mine', '2']));
  const times = first.records.flatMap((r) => ('t' in r ? [r.t] : []));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  const connects = [first, second].map(({ records }) => records.find((r) => r.kind === 'sent'));
  expect(connects[0]?.connectMs).toBeGreaterThan(0);
  expect(connects[1]?.connectMs).toBeNull();
});
