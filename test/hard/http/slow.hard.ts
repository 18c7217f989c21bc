// HTTP conformance, slow peers: clients that do not read and providers that do not read hold the other
// side back, all the way, and cost bounded memory; heads that trickle are timed out and block nobody.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { report, sized } from '../../helpers/hard.ts';
import { call } from '../../helpers/proxy-client.ts';
import { waitFor } from '../../helpers/proxy-wait.ts';
import { type ByteClient, byteClient } from '../helpers/byte-client.ts';
import { type ByteProvider, startByteProvider } from '../helpers/byte-provider.ts';
import { type HardServer, startHardServer, untilRecorded } from '../helpers/hard-server.ts';
import { PRETENCE } from '../helpers/pretence-env.ts';

const MB = 1 << 20;
const PATIENCE_MS = 120_000;
const PEERS = sized(3, 20);
/** What the kernel takes of two connections at most, and what LunaRoute holds in between. */
const MAX_TAKEN_MB = 2 * (kernelMb('rmem') + kernelMb('wmem')) + 10;
const BODY_MB = MAX_TAKEN_MB + 24;
/** Without back-pressure it would be what all bodies have together. */
const MAX_GROWTH_MB = sized(200, 500);
const SLOW_HEADS = sized(200, 1000);
/** Requests that are served while heads trickle. */
const OTHERS = sized(50, 500);
/** The program waits 60 s for a head. */
const HEAD_MS = sized(3000, 60_000);
const ANSWER = `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${BODY_MB * MB}\r\n\r\n`;
const block = Buffer.alloc(MB, 'words of a long body\n');
const wanted = sha256(Array(BODY_MB).fill(block));

const counts = { run: 0, bytes: 0, taken: 0, peak: 0, timedOut: 0, served: 0, found: 0 };
/** The provider's side of an exchange, and what had come of the body with the head. */
interface Side {
  readonly socket: Socket;
  readonly rest: Buffer;
}

const there = new Map<string, Side>();
let provider: ByteProvider;
let server: HardServer;

beforeAll(async () => {
  provider = await startByteProvider({
    onHead: (head, socket, rest) => {
      const [, what, number = ''] = /slow=(\w+)&n=(\d+)/.exec(head) ?? [];
      there.set(`${what} ${number}`, { socket, rest });
      if (what === 'read') void pump(socket, ANSWER).then(() => socket.end());
      else if (what === 'write') socket.pause().removeAllListeners('data');
      else return false;
      return true;
    },
    onRequest: (_request, socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    },
  });
  server = await startHardServer(provider.url, {
    env: { ...PRETENCE, PRETENCE_HEAD_MS: `${HEAD_MS}` },
    config: 'session_recording: { max_body_mb: 1 }\n',
  });
});

afterAll(async () => {
  await server.close();
  await provider.stop();
  report('HTTP conformance, slow peers', {
    'cases run': counts.run,
    'MB taken from one peer at most': counts.taken,
    [`memory with ${PEERS} of them (MB more)`]: counts.peak,
    'bytes compared': counts.bytes,
    'heads timed out with 408': counts.timedOut,
    'requests served meanwhile': counts.served,
    'exchanges found': counts.found,
  });
});

function kernelMb(buffer: string): number {
  const path = `/proc/sys/net/ipv4/tcp_${buffer}`;
  const largest = existsSync(path) ? Number(readFileSync(path, 'utf8').split(/\s+/)[2]) : 4 * MB;
  return Math.ceil(largest / MB);
}

function sha256(parts: Iterable<Buffer>): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** Writes as fast as it is let. */
async function pump(socket: Socket, head: string): Promise<void> {
  socket.write(head, 'latin1');
  for (let i = 0; i < BODY_MB; i += 1) {
    if (!socket.write(block)) await new Promise((resolve) => socket.once('drain', resolve));
  }
}

/** Bytes that the kernel has taken. */
const taken = (socket: Socket): number => socket.bytesWritten - socket.writableLength;

/** What the kernels and LunaRoute have taken of all, once it has been the same for a while. */
async function untilStill(sockets: readonly Socket[]): Promise<number> {
  const sum = (): number => sockets.reduce((total, socket) => total + taken(socket), 0);
  let [last, since] = [0, performance.now()];
  await waitFor(
    () => {
      const now = sum();
      if (now !== last) [last, since] = [now, performance.now()];
      return now > 0 && performance.now() - since > 500;
    },
    'the bytes to stand still',
    PATIENCE_MS,
  );
  counts.taken = Math.max(counts.taken, Math.ceil(Math.max(...sockets.map(taken)) / MB));
  return last;
}

function memoryMb(): number {
  if (process.platform !== 'linux') return 0;
  const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

const numbers = Array.from({ length: PEERS }, (_, index) => index);
const head = (method: string, what: string, n: number, length: number): string =>
  `${method} /v1/messages?slow=${what}&n=${n} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nContent-Length: ${length}\r\n\r\n`;

function sidesOf(what: string): Promise<Side[]> {
  const all = (): Side[] => numbers.flatMap((n) => there.get(`${what} ${n}`) ?? []);
  return waitFor(() => all().length === PEERS && all(), 'the provider', PATIENCE_MS);
}

it('clients that do not read hold their providers back', async () => {
  const before = memoryMb();
  const clients: ByteClient[] = [];
  for (const n of numbers) {
    const client = await byteClient(server.port);
    client.socket.pause();
    client.send(head('GET', 'read', n, 0));
    clients.push(client);
  }
  await untilStill((await sidesOf('read')).map(({ socket }) => socket));
  counts.peak = Math.max(counts.peak, Math.round(memoryMb() - before));
  expect(counts.taken).toBeLessThan(MAX_TAKEN_MB);
  for (const client of clients) {
    client.socket.resume();
    const size = (): number => client.received;
    await waitFor(() => size() > BODY_MB * MB, 'the body', PATIENCE_MS);
    const bytes = client.bytes();
    expect(sha256([bytes.subarray(bytes.indexOf('\r\n\r\n') + 4)])).toBe(wanted);
    counts.bytes += BODY_MB * MB;
    client.close();
  }
  counts.run += PEERS;
  expect(counts.peak).toBeLessThan(MAX_GROWTH_MB);
});

it('providers that do not read hold their clients back', async () => {
  const before = memoryMb();
  const clients: ByteClient[] = [];
  for (const n of numbers) {
    const client = await byteClient(server.port);
    void pump(client.socket, head('POST', 'write', n, BODY_MB * MB));
    clients.push(client);
  }
  const sides = await sidesOf('write');
  await untilStill(clients.map(({ socket }) => socket));
  counts.peak = Math.max(counts.peak, Math.round(memoryMb() - before));
  expect(counts.taken).toBeLessThan(MAX_TAKEN_MB);
  for (const [index, side] of sides.entries()) {
    expect(await uploaded(side)).toBe(wanted);
    counts.bytes += BODY_MB * MB;
    await clients[index]?.untilText('ok');
    clients[index]?.close();
  }
  counts.run += PEERS;
  expect(counts.peak).toBeLessThan(MAX_GROWTH_MB);
});

/** Reads the whole body, and answers. */
async function uploaded({ socket, rest }: Side): Promise<string> {
  const hash = createHash('sha256').update(rest);
  let left = BODY_MB * MB - rest.length;
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      left -= chunk.length;
      if (left <= 0) resolve();
    });
    socket.resume();
  });
  socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok');
  return hash.digest('hex');
}

it('heads that trickle are timed out, and block nobody', async () => {
  // As every client keeps one: its requests are whole at once.
  const other = await byteClient(server.port);
  const ask = async (): Promise<void> => {
    const before = other.text().split('\r\n\r\nok').length;
    other.send(head('GET', 'none', counts.served, 0));
    const answered = () => other.text().split('\r\n\r\nok').length > before;
    await waitFor(answered, 'an answer meanwhile', PATIENCE_MS);
    counts.served += 1;
  };
  await ask();
  const slow: ByteClient[] = [];
  for (let i = 0; i < SLOW_HEADS; i += 1) {
    const client = await byteClient(server.port);
    slow.push(client.send('POST /v1/messages HTTP/1.1\r\nX-Slow: '));
  }
  const trickle = setInterval(() => {
    for (const client of slow) if (client.ended === null) client.send('x');
  }, 100);
  for (let i = 1; i < OTHERS; i += 1) await ask();
  // One that is new; where the machine is too slow for even its head, that is what it is told.
  const fresh = await call(server.port, { path: '/v1/messages?slow=none&n=999999' });
  expect([200, 408]).toContain(fresh.status);
  await Promise.all(slow.map((client) => waitFor(() => client.ended, 'the end', 2 * PATIENCE_MS)));
  clearInterval(trickle);
  for (const client of slow) {
    expect(client.text()).toMatch(/^HTTP\/1\.1 408 .*x-lunaroute-error: request-timeout/s);
    counts.timedOut += 1;
  }
  await ask();
  other.close();
  counts.run += SLOW_HEADS;
});

it('each is recorded', async () => {
  const rows = await untilRecorded(server.home.path, 2 * PEERS + counts.served);
  counts.found = rows.length;
  const held = rows.filter(({ target }) => /slow=(read|write)/.test(target));
  expect(held.map(({ outcome }) => outcome)).toEqual(Array(2 * PEERS).fill('completed'));
  const hashes = held.map((row) =>
    row.target.includes('read') ? row.responseSha256 : row.requestSha256,
  );
  // What did not fit into the recorder's queue is left out, never wrong.
  expect(hashes.filter((hash) => hash !== null && hash !== wanted)).toEqual([]);
});
