// HTTP conformance, the flow: large bodies and long streams in bounded memory, answers that come before
// the upload has ended, connections that are half closed, and kept ones that die at their next use.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { report, sized } from '../../helpers/hard.ts';
import { call } from '../../helpers/proxy-client.ts';
import { waitFor } from '../../helpers/proxy-wait.ts';
import { byteClient } from '../helpers/byte-client.ts';
import { type ByteProvider, startByteProvider } from '../helpers/byte-provider.ts';
import { type HardServer, startHardServer, untilRecorded } from '../helpers/hard-server.ts';

const MB = 1 << 20;
const PATIENCE_MS = 120_000;
/** Of 1 MB: one body of 100 MB (or more) each way, and one stream. */
const BLOCKS = sized(100, 1000);
const EVENTS = sized(20_000, 120_000);
/** The recorder's queue holds 64 MB, the rest is what sockets and the collector hold. */
const MAX_GROWTH_MB = 400;
const block = Buffer.alloc(MB, 'words of a long body\n');
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const EARLY = 'HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\n';

const counts = { run: 0, bytes: 0, peak: 0, repeated: 0, found: 0, partial: 0 };
/** Outcomes by target. */
const expected = new Map<string, string>();
const uploads: { bytes: number; hash: string }[] = [];
/** Connections of a client that has ended its half. */
const halves = new Map<string, Socket>();
let provider: ByteProvider;
let server: HardServer;

beforeAll(async () => {
  provider = await startByteProvider({ onHead, onRequest });
  server = await startHardServer(provider.url, {
    config: 'session_recording: { max_body_mb: 1 }\n',
  });
});

afterAll(async () => {
  await server.close();
  await provider.stop();
  report('HTTP conformance, flow', {
    'cases run': counts.run,
    'bytes compared': counts.bytes,
    'MB in one body': BLOCKS,
    'events of one stream': EVENTS,
    'memory at most (MB more)': counts.peak,
    'requests sent again': counts.repeated,
    'exchanges sent': expected.size,
    'exchanges found': counts.found,
    'of them without all bytes': counts.partial,
  });
});

const wish = (text: string): string => /flow=([\w-]+)/.exec(text)?.[1] ?? '';

function onHead(head: string, socket: Socket, rest: Buffer): boolean {
  const what = wish(head);
  if (what === 'upload') receive(socket, rest);
  else if (what === 'early-kept') socket.resume().write(`${EARLY}\r\nlarge`);
  else if (what === 'early-last') socket.resume().write(`${EARLY}Connection: close\r\n\r\nlarge`);
  else if (what === 'early-end') socket.resume().end(`${EARLY}Connection: close\r\n\r\nlarge`);
  else if (what.startsWith('half')) halves.set(what, socket);
  else return false;
  return true;
}

type Seen = Parameters<Parameters<typeof startByteProvider>[0]['onRequest']>[0];

function onRequest({ head, target, turn }: Seen, socket: Socket): void {
  const what = wish(target);
  if (what === 'download') void pump(socket);
  else if (what === 'stream') void stream(socket);
  else if (what.startsWith('reset') && turn > 1) socket.resetAndDestroy();
  else if (what.startsWith('fin') && turn > 1) socket.end();
  else if (what.startsWith('line') && turn > 1) socket.end('HTTP/1.1 200');
  else if (what.startsWith('head') && turn > 1) socket.end('HTTP/1.1 200 OK\r\nX-');
  else socket.write(head.startsWith('HEAD') ? OK.slice(0, -2) : OK);
}

function receive(socket: Socket, rest: Buffer): void {
  const hash = createHash('sha256');
  let bytes = 0;
  const take = (chunk: Buffer): void => {
    hash.update(chunk);
    bytes += chunk.length;
    if (bytes < BLOCKS * MB) return;
    uploads.push({ bytes, hash: hash.digest('hex') });
    socket.end(OK.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
  };
  socket.removeAllListeners('data').on('data', take);
  take(rest);
}

async function write(socket: Socket, bytes: string | Buffer): Promise<void> {
  if (!socket.write(bytes)) await new Promise((resolve) => socket.once('drain', resolve));
}

async function pump(socket: Socket): Promise<void> {
  await write(socket, `HTTP/1.1 200 OK\r\nContent-Length: ${BLOCKS * MB}\r\n\r\n`);
  for (let i = 0; i < BLOCKS; i += 1) await write(socket, block);
}

const event = (index: number): string => `event: ping\ndata: {"type":"ping","n":${index}}\n\n`;

async function stream(socket: Socket): Promise<void> {
  await write(
    socket,
    'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n',
  );
  for (let i = 0; i < EVENTS; i += 1) {
    const text = event(i);
    await write(socket, `${text.length.toString(16)}\r\n${text}\r\n`);
  }
  await write(socket, '0\r\n\r\n');
}

function sha256(parts: Iterable<string | Buffer>): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** The most memory that the program ever had, in MB. */
function peakMb(): number {
  const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/** A case's request, and what its record will say. */
function target(what: string, outcome = 'completed'): string {
  const path = `/v1/messages?flow=${what}`;
  expected.set(path, outcome);
  counts.run += 1;
  return path;
}

const postHead = (path: string, length: number): string =>
  `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nContent-Length: ${length}\r\n\r\n`;

it.runIf(process.platform === 'linux')(`${BLOCKS} MB up and down in bounded memory`, async () => {
  const before = peakMb();
  const wanted = sha256(Array(BLOCKS).fill(block));
  const client = await byteClient(server.port);
  client.send(postHead(target('upload'), BLOCKS * MB));
  for (let i = 0; i < BLOCKS; i += 1) await write(client.socket, block);
  await waitFor(() => client.text().endsWith('ok'), 'the answer', PATIENCE_MS);
  client.close();
  expect(uploads).toEqual([{ bytes: BLOCKS * MB, hash: wanted }]);
  const answer = await call(server.port, { path: target('download') });
  expect([answer.wasCut, sha256([answer.body])]).toEqual([false, wanted]);
  counts.bytes += 2 * BLOCKS * MB;
  counts.peak = Math.round(peakMb() - before);
  expect(counts.peak).toBeLessThan(MAX_GROWTH_MB);
});

it(`a stream of ${EVENTS} events`, async () => {
  const answer = await call(server.port, { path: target('stream') });
  const wanted = Array.from({ length: EVENTS }, (_, index) => event(index));
  expect([answer.wasCut, sha256([answer.body])]).toEqual([false, sha256(wanted)]);
  counts.bytes += answer.body.length;
});

describe('an answer that comes while the upload runs', () => {
  it.each(['early-kept', 'early-last', 'early-end'])(
    '%s: it is delivered, the client may finish, and go on',
    async (what) => {
      const client = await byteClient(server.port);
      client.send(postHead(target(what, 'failed'), 64 * MB)).send(block);
      await client.untilText('large');
      for (let i = 1; i < 64; i += 1) await write(client.socket, block);
      const next = target(`${what}-next`);
      client.send(`GET ${next} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`);
      await waitFor(() => client.text().endsWith('ok'), 'the next answer', PATIENCE_MS);
      client.close();
    },
  );
});

describe('a client that closes its half', () => {
  it.each([
    ['half-asked', 2, '{}'],
    ['half-body', 10_000, 'part of it'],
  ])('%s: it has left, and the provider is cut off', async (what, length, body) => {
    const client = await byteClient(server.port);
    client.send(postHead(target(what, 'aborted'), length)).send(body);
    if (length === 2) {
      const socket = await waitFor(() => halves.get(what), 'the provider', PATIENCE_MS);
      client.socket.end();
      await waitFor(() => socket.closed || socket.readableEnded, 'the cut', PATIENCE_MS);
    } else client.socket.end();
    await client.untilEnded();
  });
});

describe('a kept connection that dies at its next use', () => {
  const GET_LIKE = ['GET', 'HEAD'];
  it.each(
    ['reset', 'fin', 'line', 'head'].flatMap((how) =>
      [...GET_LIKE, 'POST', 'PUT', 'DELETE'].map((method) => ({ how, method })),
    ),
  )('$how: $method', async ({ how, method }) => {
    // The connection of the newest answer is used next.
    const first = target(`${how}-${method}-0`);
    expect((await call(server.port, { path: first })).status).toBe(200);
    const isRepeated = GET_LIKE.includes(method) && (how === 'reset' || how === 'fin');
    const path = target(`${how}-${method}-1`, isRepeated ? 'completed' : 'failed');
    const body = method === 'POST' || method === 'PUT' ? { body: '{}' } : {};
    const answer = await call(server.port, { method, path, ...body });
    const seen = provider.requests.filter((request) => request.target === path);
    counts.repeated += seen.length - 1;
    expect([answer.status, seen.length]).toEqual(isRepeated ? [200, 2] : [502, 1]);
  });
});

it('each is recorded', async () => {
  const rows = await untilRecorded(server.home.path, expected.size);
  counts.found = rows.length;
  counts.partial = rows.filter(({ isPartial }) => isPartial).length;
  const found = rows.map((row) => `${row.target} ${row.outcome}`);
  const wanted = [...expected].map(([path, outcome]) => `${path} ${outcome}`);
  expect(found.sort()).toEqual(wanted.sort());
  // What did not fit into the recorder's queue is left out and marked, never wrong.
  const large = sha256(Array(BLOCKS).fill(block));
  const hashes = rows.flatMap((row) => [
    ...(row.requestBytes === BLOCKS * MB ? [row.requestSha256] : []),
    ...(row.responseBytes === BLOCKS * MB ? [row.responseSha256] : []),
  ]);
  expect(hashes).toHaveLength(2);
  expect(hashes.filter((hash) => hash !== null && hash !== large)).toEqual([]);
});
