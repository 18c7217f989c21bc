import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type WebSocket from 'ws';
import { startProxy } from '../../helpers/proxy-harness.ts';
import { waitFor } from '../../helpers/proxy-wait.ts';
import {
  digest,
  listen,
  openWebSocket,
  refusalOf,
  startWebSocketProvider,
} from '../../helpers/websocket.ts';

const FRAMES = 1000;
const LARGEST = 5 * 1024 * 1024;

/** Mostly small, a few large: 0 to 5 MB, text and binary, some of them in pieces. */
async function sendRandom(socket: WebSocket, salt: number): Promise<string[]> {
  const sent: string[] = [];
  for (let i = 0; i < FRAMES; i++) {
    const isBinary = (i + salt) % 3 === 0;
    const size = i % 250 === 7 ? LARGEST - (i % 13) : sizeOf(i + salt);
    const data = isBinary
      ? randomBytes(size)
      : Buffer.from('abc {"x":1} é'.repeat(size).slice(0, size));
    sent.push(digest(data, isBinary));
    await sendOne(socket, data, isBinary, i);
  }
  return sent;
}

function sizeOf(i: number): number {
  if (i % 40 === 0) return 0;
  return i % 11 === 0 ? 65_530 + (i % 12) : (i * 7919) % 2000;
}

async function sendOne(
  socket: WebSocket,
  data: Buffer,
  isBinary: boolean,
  i: number,
): Promise<void> {
  const compress = i % 2 === 0;
  const done = Promise.withResolvers<void>();
  const pieces = i % 5 === 0 ? 3 : 1;
  const step = Math.ceil(data.length / pieces);
  for (let p = 0; p < pieces; p++) {
    const fin = p === pieces - 1;
    const piece = data.subarray(p * step, fin ? undefined : (p + 1) * step);
    socket.send(piece, { binary: isBinary, fin, compress }, fin ? () => done.resolve() : undefined);
  }
  if (i % 50 === 0) socket.ping(randomBytes(100));
  await done.promise;
}

test.each([true, false])(
  '1,000 random frames each way at once arrive whole and in order (deflate: %s)',
  async (perMessageDeflate) => {
    const provider = await startWebSocketProvider({ perMessageDeflate });
    const { port, recorder } = await startProxy(provider.port);
    const client = openWebSocket(port, { perMessageDeflate });
    const atProvider = await provider.socket();
    const heardThere = listen(atProvider);
    const heardHere = listen(client);
    const pongs: number[] = [];
    client.on('pong', (data) => pongs.push(data.length));
    await waitFor(() => client.readyState === client.OPEN, 'the client to be open');
    expect(client.extensions).toBe(perMessageDeflate ? 'permessage-deflate' : '');
    const [up, down] = await Promise.all([sendRandom(client, 0), sendRandom(atProvider, 5)]);
    await waitFor(() => heardThere.hashes.length === FRAMES, 'all frames at the provider', 60_000);
    await waitFor(() => heardHere.hashes.length === FRAMES, 'all frames at the client', 60_000);
    expect(heardThere.hashes).toEqual(up);
    expect(heardHere.hashes).toEqual(down);
    await waitFor(() => pongs.length === 20, 'the pongs');
    expect(recorder.counter('webSockets')).toBe(1);
    // Each message is one frame or three; pings, pongs and the close are frames, too.
    expect(recorder.counter('webSocketFrames')).toBeGreaterThanOrEqual(2 * FRAMES + 40);
    client.close(4001, 'enough');
    await waitFor(() => heardThere.close(), 'the close');
    await waitFor(() => heardHere.close(), 'the answer to the close');
    expect([heardThere.close(), heardHere.close()]).toEqual([
      { code: 4001, reason: 'enough' },
      { code: 4001, reason: 'enough' },
    ]);
    const exchange = await recorder.ended();
    expect(recorder.counter('webSockets')).toBe(0);
    expect(exchange.open).toMatchObject({ transport: 'websocket', dialect: 'openai-responses' });
  },
  120_000,
);

test('the upgrade request arrives with the client’s own headers, in order', async () => {
  const provider = await startWebSocketProvider();
  const { port } = await startProxy(provider.port);
  const client = openWebSocket(port, {
    headers: { Authorization: 'Bearer k', 'openai-beta': 'responses_websockets=2026-02-06' },
  });
  await provider.socket();
  await waitFor(() => client.readyState === client.OPEN, 'the client to be open');
  const { rawHeaders, url } = provider.upgrades[0] ?? { rawHeaders: [], url: '' };
  expect(url).toBe('/v1/responses');
  expect(rawHeaders.filter((_, index) => index % 2 === 0)).toEqual([
    'host',
    'connection',
    'upgrade',
    'Authorization',
    'openai-beta',
    'Sec-WebSocket-Version',
    'Sec-WebSocket-Key',
    'Sec-WebSocket-Extensions',
  ]);
});

test.each([401, 404, 426, 429])('a refusal with %s goes back as it came', async (status) => {
  const provider = await startWebSocketProvider({}, (socket) => {
    const body = JSON.stringify({ error: { message: `no: ${status}` } });
    socket.end(
      `HTTP/1.1 ${status} Just No\r\ncontent-type: application/json\r\nretry-after: 1\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    return true;
  });
  const { port, recorder } = await startProxy(provider.port);
  const [direct, proxied] = await Promise.all([
    refusalOf(openWebSocket(provider.port)),
    refusalOf(openWebSocket(port)),
  ]);
  expect(proxied).toBe(direct);
  expect(proxied).toBe(`${status} Just No {"error":{"message":"no: ${status}"}}`);
  const exchange = await recorder.ended();
  expect([exchange.kinds.includes('head'), exchange.end]).toEqual([true, { kind: 'done' }]);
});

test('where routes decide by the model, the client is sent to HTTP, which names it', async () => {
  const provider = await startWebSocketProvider();
  const routes = [{ model: 'qwen*', provider: 'openai' }];
  const { port } = await startProxy(provider.port, { proxy: { routes } });
  expect(await refusalOf(openWebSocket(port))).toMatch(/^426 Upgrade Required .*use HTTP/);
  expect(provider.upgrades).toHaveLength(0);
});

test('a web page may not open one', async () => {
  const provider = await startWebSocketProvider();
  const { port } = await startProxy(provider.port);
  const headers = { Origin: 'https://evil.example' };
  expect(await refusalOf(openWebSocket(port, { headers }))).toMatch(/^403 /);
  expect(provider.upgrades).toHaveLength(0);
});

test('a provider that drops the upgrade, or is not there, gives a 502 that says so', async () => {
  const provider = await startWebSocketProvider({}, (socket) => {
    socket.destroy();
    return true;
  });
  const { port } = await startProxy(provider.port);
  expect(await refusalOf(openWebSocket(port))).toMatch(/^502 .*LunaRoute: .*broke the connection/);
  const nobody = await startProxy(1);
  expect(await refusalOf(openWebSocket(nobody.port))).toMatch(/^502 .*cannot connect/);
});

test('an abrupt end on either side reaches the other, with what was sent before', async () => {
  const provider = await startWebSocketProvider();
  const { port, recorder } = await startProxy(provider.port);
  for (const who of ['client', 'provider'] as const) {
    const client = openWebSocket(port);
    const other = await provider.socket(who === 'client' ? 0 : 1);
    const heard = listen(who === 'client' ? other : client);
    await waitFor(() => client.readyState === client.OPEN, 'the client to be open');
    const leaving = who === 'client' ? client : other;
    await new Promise((resolve) => leaving.send('last words', resolve));
    const at = performance.now();
    leaving.terminate();
    await waitFor(() => heard.close(), 'the end to arrive');
    expect(performance.now() - at).toBeLessThan(1000);
    expect(heard.close()?.code).toBe(1006);
    expect(heard.hashes).toEqual([digest(Buffer.from('last words'), false)]);
  }
  expect((await recorder.ended(0)).end).toEqual({ kind: 'client-gone' });
  expect((await recorder.ended(1)).end).toMatchObject({ kind: 'upstream-cut' });
});

test('a slow reader slows the provider down instead of filling the memory', async () => {
  const provider = await startWebSocketProvider();
  const { port } = await startProxy(provider.port);
  const client = openWebSocket(port);
  const atProvider = await provider.socket();
  await waitFor(() => client.readyState === client.OPEN, 'the client to be open');
  client.pause();
  const before = process.memoryUsage().rss;
  const chunk = randomBytes(1024 * 1024);
  for (let i = 0; i < 200; i++) atProvider.send(chunk);
  await waitFor(
    () => atProvider.bufferedAmount > 150 * 1024 * 1024,
    'the provider to be held back',
  );
  // The provider's own buffer is in this process: what the proxy holds comes on top of it.
  expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024 + 64 * 1024 * 1024);
  const heard = listen(client);
  client.resume();
  await waitFor(() => heard.hashes.length === 200, 'all of it');
});

test('at shutdown a quiet WebSocket is closed with 1012, both sides told', async () => {
  const provider = await startWebSocketProvider();
  const { port, server, recorder } = await startProxy(provider.port);
  const client = openWebSocket(port);
  const atProvider = await provider.socket();
  await waitFor(() => client.readyState === client.OPEN, 'the client to be open');
  const [here, there] = [listen(client), listen(atProvider)];
  client.send('a question');
  await waitFor(() => there.hashes.length === 1, 'the question');
  const drained = server.drain(20_000);
  atProvider.send('the answer');
  expect(await drained).toBe(0);
  await waitFor(() => here.close() && there.close(), 'both closes');
  expect(here.hashes).toHaveLength(1);
  expect([here.close()?.code, there.close()?.code]).toEqual([1012, 1001]);
  expect((await recorder.ended()).end).toEqual({ kind: 'shutdown' });
});

test('a provider that falls silent while the client waits is cut, between turns it may be silent', async () => {
  const provider = await startWebSocketProvider();
  const { port, recorder } = await startProxy(provider.port, { provider: { timeoutMs: 400 } });
  const client = openWebSocket(port);
  const atProvider = await provider.socket();
  await waitFor(() => client.readyState === client.OPEN, 'the client to be open');
  const [here, there] = [listen(client), listen(atProvider)];
  atProvider.send('hello');
  await waitFor(() => here.hashes.length === 1, 'the greeting');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(here.close()).toBeNull();
  client.send('a question');
  await waitFor(() => here.close() && there.close(), 'the cut');
  expect([here.close()?.code, there.close()?.code]).toEqual([1006, 1006]);
  expect((await recorder.ended()).end).toMatchObject({
    kind: 'upstream-cut',
    code: 'idle-timeout',
  });
});

test('a client that leaves before the provider has answered takes its upgrade with it', async () => {
  let gone = false;
  const provider = await startWebSocketProvider({}, (socket) => {
    socket.on('end', () => {
      gone = true;
    });
    socket.resume();
    return true;
  });
  const { port, recorder } = await startProxy(provider.port);
  const client = openWebSocket(port);
  await waitFor(() => provider.upgrades.length === 1, 'the upgrade');
  client.terminate();
  await waitFor(() => gone, 'the provider to be let go');
  expect((await recorder.ended()).end).toEqual({ kind: 'client-gone' });
});
