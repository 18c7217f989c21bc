import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { call } from '../helpers/proxy-client.ts';
import { startProxy } from '../helpers/proxy-harness.ts';
import { testCertificate, trustTestCertificate } from '../helpers/proxy-tls.ts';
import { startUpstream } from '../helpers/proxy-upstream.ts';
import { openWebSocket } from '../helpers/websocket.ts';

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A forward proxy that notes what it is asked; `status` other than 200 refuses. */
async function startForwardProxy(status = 200) {
  const asked: {
    target: string;
    credential: string | undefined;
    authorization: string | undefined;
  }[] = [];
  const server = createServer();
  server.on('connect', (req, socket) => {
    asked.push({
      target: req.url ?? '',
      credential: req.headers['proxy-authorization'],
      authorization: req.headers.authorization,
    });
    socket.on('error', () => undefined);
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      return;
    }
    const [host, port] = (req.url ?? '').split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    onTestFinished(() => void onward.destroy());
  });
  return { port: await listen(server), asked };
}

const SECRET = ['Authorization', 'Bearer sk-user'];

test('exchanges go through the forward proxy, duplicates and all, over one tunnel', async () => {
  const upstream = await startUpstream((req, res) => res.end(JSON.stringify(req.rawHeaders)));
  const forward = await startForwardProxy();
  const proxyUrl = `http://user:p%40ss@127.0.0.1:${forward.port}`;
  const { port } = await startProxy(upstream.port, { provider: { proxyUrl } });
  for (let i = 0; i < 2; i += 1) {
    const answer = await call(port, { headers: [...SECRET, 'X-A', '1', 'x-a', '2'] });
    const headers: string[] = JSON.parse(answer.body.toString());
    expect(headers).toEqual(expect.arrayContaining([...SECRET, 'X-A', '1', 'x-a', '2']));
    expect(headers.map((name) => name.toLowerCase())).not.toContain('proxy-authorization');
  }
  const credential = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
  expect(forward.asked).toEqual([
    { target: `127.0.0.1:${upstream.port}`, credential, authorization: undefined },
  ]);
});

test('TLS runs from end to end inside the tunnel', async () => {
  trustTestCertificate();
  const port = await listen(createTlsServer(testCertificate(), (_req, res) => res.end('secret')));
  const forward = await startForwardProxy();
  const proxy = await startProxy(1, {
    provider: {
      baseUrl: `https://localhost:${port}`,
      proxyUrl: `http://127.0.0.1:${forward.port}`,
    },
  });
  expect((await call(proxy.port)).body.toString()).toBe('secret');
  expect(forward.asked[0]?.target).toBe(`localhost:${port}`);
});

test('a WebSocket goes the same way: forward proxy, TLS from end to end', async () => {
  trustTestCertificate();
  const secure = createTlsServer(testCertificate());
  new WebSocketServer({ server: secure }).on('connection', (socket) => {
    socket.on('message', (data: Buffer) => socket.send(`heard ${data.toString()}`));
  });
  const upstream = await listen(secure);
  const forward = await startForwardProxy();
  const baseUrl = `https://localhost:${upstream}`;
  const proxyUrl = `http://127.0.0.1:${forward.port}`;
  const { port } = await startProxy(1, { provider: { baseUrl, proxyUrl } });
  const client = openWebSocket(port, { headers: { Authorization: 'Bearer sk-user' } });
  client.on('open', () => client.send('hello'));
  const answer = await new Promise((resolve) => client.once('message', resolve));
  expect(String(answer)).toBe('heard hello');
  expect(forward.asked).toEqual([
    { target: `localhost:${upstream}`, credential: undefined, authorization: undefined },
  ]);
});

test.each([
  ['refuses', 407, 'status 407'],
  ['is of another kind', 0, 'socks5:// is not supported'],
])('a forward proxy that %s is a 502 that names it', async (_name, status, reason) => {
  const upstream = await startUpstream((_req, res) => res.end());
  const forward = await startForwardProxy(status);
  const scheme = status === 0 ? 'socks5' : 'http';
  const proxyUrl = `${scheme}://u:hidden@127.0.0.1:${forward.port}`;
  const { port } = await startProxy(upstream.port, { provider: { proxyUrl } });
  const answer = await call(port);
  expect([answer.status, answer.header('x-lunaroute-error')]).toEqual([502, 'connect-refused']);
  expect(answer.body.toString()).toContain(reason);
  expect(answer.body.toString()).not.toContain('hidden');
  expect(upstream.hits()).toBe(0);
});

test('a forward proxy that is down is a 502, not a loop', async () => {
  const { port } = await startProxy(1, { provider: { proxyUrl: 'http://127.0.0.1:1' } });
  expect((await call(port)).status).toBe(502);
});
