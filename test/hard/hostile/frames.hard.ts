// Hostile input: WebSocket frames of any form, both ways over raw sockets. The bytes pass unchanged,
// whatever they are; the recorder lives and keeps a record of each connection.
import net, { type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { drawnFrom, report, sized } from '../../helpers/hard.ts';
import { until } from '../../helpers/program.ts';
import { waitFor } from '../../helpers/proxy-wait.ts';
import { byteClient } from '../helpers/byte-client.ts';
import { type HardServer, startHardServer, untilRecorded } from '../helpers/hard-server.ts';
import { eventStream, requestBody } from './hostile-bytes.ts';

/** Each connection carries 20 frames in each direction. */
const CONNECTIONS = sized(25, 500);
const FRAMES = 20;
const AT_ONCE = 4;
const PATIENCE_MS = 60_000;
const SEED = drawnFrom();
const ACCEPT =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n';

const counts = { connections: 0, bytes: 0, found: 0 };
/** The provider's side by connection number. */
const upstreams = new Map<string, { socket: Socket; received: Buffer<ArrayBufferLike>[] }>();
let provider: net.Server;
let server: HardServer;

beforeAll(async () => {
  provider = net.createServer((socket) => {
    let head = '';
    socket.on('error', () => undefined);
    socket.on('data', function onHead(chunk: Buffer) {
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end === -1) return;
      socket.off('data', onHead);
      const received: Buffer<ArrayBufferLike>[] = [Buffer.from(head.slice(end + 4), 'latin1')];
      socket.on('data', (more: Buffer) => received.push(more));
      const number = /n=(\d+)/.exec(head)?.[1] ?? '';
      const deflate =
        Number(number) % 2 === 0 ? 'Sec-WebSocket-Extensions: permessage-deflate\r\n' : '';
      socket.write(`${ACCEPT}${deflate}\r\n`);
      upstreams.set(number, { socket, received });
    });
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  const address = provider.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  server = await startHardServer(`http://127.0.0.1:${port}`);
});

afterAll(async () => {
  await server.close();
  provider.close();
  for (const { socket } of upstreams.values()) socket.destroy();
  report('hostile input, WebSocket frames', {
    'cases run': counts.connections * FRAMES * 2,
    seed: SEED,
    connections: counts.connections,
    'bytes compared': counts.bytes,
    'connections found': counts.found,
  });
});

const payload = fc.oneof(
  requestBody,
  eventStream,
  requestBody.map((body) => Buffer.concat([Buffer.from('{"type":"response.create","x":'), body])),
  fc.constant(Buffer.from('{"type":"response.create","model":"gpt-5","input":[]}')),
  fc.constant(Buffer.from('{"type":"response.completed","response":{"id":"__proto__"}}')),
);

/** A frame: any first byte, masked or not, a length that may lie. */
const frame: fc.Arbitrary<Buffer> = fc
  .record({
    first: fc.oneof(
      fc.constantFrom(0x81, 0x82, 0x01, 0x80, 0xc1, 0x41, 0x88, 0x89, 0x8a),
      fc.nat({ max: 255 }),
    ),
    isMasked: fc.boolean(),
    bytes: payload,
    lie: fc.oneof(
      { weight: 20, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: -3, max: 70_000 }) },
    ),
  })
  .map(({ first, isMasked, bytes, lie }) => {
    const length = Math.max(0, bytes.length + lie);
    const head = Buffer.alloc(length < 126 ? 2 : 4);
    head[0] = first;
    head[1] = (isMasked ? 0x80 : 0) | (length < 126 ? length : 126);
    if (length >= 126) head.writeUInt16BE(Math.min(length, 65_535), 2);
    const mask = isMasked ? Buffer.from([0, 0, 0, 0]) : Buffer.alloc(0);
    return Buffer.concat([head, mask, bytes]);
  });
const garbage = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((all) => Buffer.from(all));
const frames = fc.array(
  fc.oneof({ weight: 12, arbitrary: frame }, { weight: 1, arbitrary: garbage }),
  { minLength: FRAMES, maxLength: FRAMES },
);

async function converse(index: number, up: readonly Buffer[], down: readonly Buffer[]) {
  const client = await byteClient(server.port);
  client.send(
    `GET /v1/responses?n=${index} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n`,
  );
  const head = await client.untilText('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 101 /);
  const there = await waitFor(() => upstreams.get(`${index}`), 'the provider', PATIENCE_MS);
  for (let i = 0; i < FRAMES; i += 1) {
    client.send(up[i] ?? Buffer.alloc(0));
    there.socket.write(down[i] ?? Buffer.alloc(0));
    if (i % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const [sent, answered] = [Buffer.concat(up), Buffer.concat(down)];
  const got = (): Buffer => client.bytes().subarray(client.bytes().indexOf('\r\n\r\n') + 4);
  const size = (): number => there.received.reduce((sum, { length }) => sum + length, 0);
  await waitFor(
    () => size() >= sent.length && got().length >= answered.length,
    'all bytes',
    PATIENCE_MS,
  );
  expect([Buffer.concat(there.received).equals(sent), got().equals(answered)]).toEqual([
    true,
    true,
  ]);
  counts.connections += 1;
  counts.bytes += sent.length + answered.length;
  if (index % 3 === 0) there.socket.destroy();
  else client.close();
}

it('frames of any form pass unchanged both ways, and each connection leaves a record', async () => {
  const pairs = fc.sample(fc.tuple(frames, frames), { numRuns: CONNECTIONS, seed: SEED });
  const waiting = pairs.map((pair, index) => ({ pair, index }));
  const work = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      await converse(next.index, ...next.pair);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  // Each leaves one record or more: what looks like a turn inside of it has its own.
  const found = await until(
    `a record of each of ${CONNECTIONS} connections`,
    async () => {
      const rows = await untilRecorded(server.home.path, CONNECTIONS);
      const targets = new Set(rows.map(({ target }) => target));
      counts.found = targets.size;
      return targets.size === CONNECTIONS ? targets : undefined;
    },
    PATIENCE_MS,
  );
  expect(found.size).toBe(CONNECTIONS);
  const ready = (await (await fetch(`${server.url}/readyz`)).json()) as { status: string };
  expect(ready.status).toBe('ready');
  expect(server.output()).not.toMatch(/restart|died|RangeError|TypeError/i);
});
