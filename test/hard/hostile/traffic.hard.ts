// Hostile input through the built program: requests, headers and event streams made to break a reader.
// The traffic is unchanged, the recorder lives, every exchange is recorded byte for byte, and what
// broke off is marked so.
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { drawnFrom, report, sized } from '../../helpers/hard.ts';
import { type HardServer, startHardServer, untilRecorded } from '../helpers/hard-server.ts';
import { BAD_IDS, eventStream, headers, requestBody } from './hostile-bytes.ts';

/** Each exchange holds three cases: a body, headers and a stream. */
const EXCHANGES = sized(1000, 25_000);
/** So many, then their records are awaited: faster than the recorder its queue would leave some out. */
const BATCH = 1000;
const AT_ONCE = 8;
const SEED = drawnFrom();

interface HostileCase {
  readonly body: Buffer;
  readonly headers: readonly string[];
  readonly stream: Buffer;
  readonly isGzip: boolean;
}

interface Seen {
  readonly rawHeaders: readonly string[];
  readonly sha256: string;
}

const counts = { exchanges: 0, bytes: 0, headers: 0, found: 0, marked: 0 };
const playing = new Map<string, Buffer>();
const seen = new Map<string, Seen>();
const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });
let provider: http.Server;
let server: HardServer;

beforeAll(async () => {
  provider = http.createServer({ maxHeaderSize: 128 * 1024 }, (req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const target = req.url ?? '';
      seen.set(target, { rawHeaders: req.rawHeaders, sha256: sha256(Buffer.concat(chunks)) });
      const stream = playing.get(target) ?? Buffer.alloc(0);
      const coding = target.includes('gzip') ? { 'content-encoding': 'gzip' } : {};
      res.writeHead(200, { 'content-type': 'text/event-stream', ...coding });
      const half = Math.floor(stream.length / 2);
      res.write(stream.subarray(0, half));
      res.end(stream.subarray(half));
    });
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  const address = provider.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  server = await startHardServer(`http://127.0.0.1:${port}`);
});

afterAll(async () => {
  await server.close();
  agent.destroy();
  provider.closeAllConnections();
  provider.close();
  report('hostile input, requests, headers and streams', {
    'cases run': counts.exchanges * 3,
    seed: SEED,
    'exchanges sent': counts.exchanges,
    'exchanges found': counts.found,
    'records marked': counts.marked,
    'headers compared': counts.headers,
    'bytes compared': counts.bytes,
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function send(target: string, given: HostileCase): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const raw = ['Host', `127.0.0.1:${server.port}`, 'x-api-key', 'sk-ant-x', ...given.headers];
    const req = http.request({
      host: '127.0.0.1',
      port: server.port,
      method: 'POST',
      path: target,
      agent,
      headers: [...raw, 'Content-Length', String(given.body.length)],
    });
    req.on('error', reject);
    req.on('response', (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () => resolve(Buffer.concat(chunks)));
    });
    req.end(given.body);
  });
}

/** What of a flat list is not of the hop. */
function endToEnd(raw: readonly string[]): string[] {
  const hop = /^(host|connection|content-length|x-api-key)$/i;
  return raw.filter((_, i) => !hop.test(raw[i - (i % 2)] ?? ''));
}

const hostile: fc.Arbitrary<HostileCase> = fc
  .record({
    body: requestBody,
    headers,
    stream: eventStream,
    isGzip: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
  })
  .map((one) => (one.isGzip ? { ...one, stream: gzipSync(one.stream) } : one));

async function exchange(target: string, given: HostileCase): Promise<void> {
  playing.set(target, given.stream);
  const got = await send(target, given);
  playing.delete(target);
  const there = seen.get(target);
  seen.delete(target);
  counts.exchanges += 1;
  counts.bytes += given.body.length + given.stream.length;
  counts.headers += given.headers.length / 2;
  const isSame = got.equals(given.stream);
  expect(isSame, `${target} answered ${got.subarray(0, 500)}`).toBe(true);
  expect(there?.sha256, `${target}: the request`).toBe(sha256(given.body));
  expect(endToEnd(there?.rawHeaders ?? []), target).toEqual(given.headers);
}

it('requests, headers and event streams pass unchanged and are recorded', async () => {
  const wanted = new Map<string, string>();
  const cases = fc.sample(hostile, { numRuns: EXCHANGES, seed: SEED });
  let next = 0;
  const work = async (end: number): Promise<void> => {
    while (next < end) {
      const index = next;
      next += 1;
      const given = cases[index] as HostileCase;
      const target = `/v1/messages?n=${index}${given.isGzip ? '&gzip' : ''}`;
      wanted.set(target, `${sha256(given.body)} ${sha256(given.stream)}`);
      await exchange(target, given);
    }
  };
  for (let end = BATCH; end <= EXCHANGES; end += BATCH) {
    await Promise.all(Array.from({ length: AT_ONCE }, () => work(end)));
    await untilRecorded(server.home.path, end);
  }
  const rows = await untilRecorded(server.home.path, EXCHANGES);
  const found = new Map(
    rows.map((row) => [row.target, `${row.requestSha256} ${row.responseSha256}`] as const),
  );
  counts.found = found.size;
  counts.marked = rows.filter(
    ({ outcome, isPartial }) => outcome !== 'completed' || isPartial,
  ).length;
  expect([...found].sort()).toEqual([...wanted].sort());
  const unmarked = rows.filter(({ outcome, isPartial }) => outcome === 'completed' && !isPartial);
  expect(unmarked.map(({ target }) => target)).toEqual([]);
});

it('session ids that are paths choose no path', async () => {
  for (const [index, id] of BAD_IDS.entries()) {
    const latin = Buffer.from(id).toString('latin1').trim();
    const body = Buffer.from(JSON.stringify({ metadata: { user_id: { session_id: id } } }));
    const stream = Buffer.from('event: ping\ndata: {"type":"ping"}\n\n');
    for (const own of [['x-claude-code-session-id', latin], []]) {
      const given = { body, headers: own, stream, isGzip: false };
      await exchange(`/v1/messages?id=${index}&by=${own.length}`, given);
    }
  }
  await untilRecorded(server.home.path, counts.exchanges);
  const top = readdirSync(server.home.path);
  const inside = readdirSync(join(server.home.path, '.lunaroute/sessions'), { recursive: true });
  const strange = inside
    .map(String)
    .filter((name) => !/^\d{4}-\d\d-\d\d(\/session_[\w.%~-]{1,200}\.jsonl)?$/.test(name));
  expect([top, strange]).toEqual([['.lunaroute'], []]);
});

it('the recorder lives and is in no trouble', async () => {
  const ready = (await (await fetch(`${server.url}/readyz`)).json()) as { status: string };
  expect([ready.status, server.child.exitCode]).toEqual(['ready', null]);
  expect(server.output()).not.toMatch(/restart|died|crash|RangeError|TypeError/i);
});
