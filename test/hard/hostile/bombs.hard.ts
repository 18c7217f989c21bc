// Hostile input: small bodies that unpack to very much, and nesting without end. The bytes pass, the
// recorder decodes a bounded part, lives, and says that it did not see all.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { report } from '../../helpers/hard.ts';
import { call } from '../../helpers/proxy-client.ts';
import { type ScriptedProvider, startScriptedProvider } from '../../helpers/scripted-provider.ts';
import { type HardServer, startHardServer, untilRecorded } from '../helpers/hard-server.ts';

const MB = 1 << 20;
/** What the recorder may hold of it at a time, with its copies, and what the rest of the program may. */
const MAX_GROWTH_MB = 700;
const zeros = Buffer.alloc(200 * MB);
const stream = Buffer.concat([Buffer.from('data: {"type":"ping"}\n\ndata: '), zeros]);
const deep = (open: string, depth: number): Buffer => Buffer.from(open.repeat(depth));

const BOMBS: readonly (readonly [name: string, codings: string, body: Buffer])[] = [
  ['gzip', 'gzip', gzipSync(zeros)],
  ['a stream in gzip', 'gzip', gzipSync(stream)],
  ['deflate', 'deflate', deflateSync(zeros)],
  ['brotli', 'br', brotliCompressSync(zeros)],
  ['zstd', 'zstd', zstdCompressSync(zeros)],
  ['gzip in gzip', 'gzip, gzip', gzipSync(gzipSync(zeros))],
  ['brotli in gzip in gzip', 'br, gzip, gzip', gzipSync(gzipSync(brotliCompressSync(zeros)))],
  ['what is no gzip', 'gzip', Buffer.alloc(1000, 'x')],
  ['gzip that ends early', 'gzip', gzipSync(zeros).subarray(0, 1000)],
  ['100 codings', Array(100).fill('gzip').join(', '), gzipSync('x')],
  ['an unknown coding', 'x-bomb', gzipSync(zeros)],
  ['100,000 arrays', 'identity', deep('[', 100_000)],
  ['100,000 objects', 'identity', deep('{"a":', 100_000)],
  ['100,000 blocks', 'identity', deep('{"messages":[{"content":[', 50_000)],
  [
    'closed nesting',
    'identity',
    Buffer.from(
      `{"model":"m","messages":[{"role":"user","content":${'['.repeat(50_000)}${']'.repeat(50_000)}}]}`,
    ),
  ],
];

const counts = { run: 0, bytes: 0, found: 0, marked: 0, peak: 0 };
let provider: ScriptedProvider;
let server: HardServer;

beforeAll(async () => {
  provider = await startScriptedProvider(({ url }, res) => {
    const [, codings, body] = BOMBS[Number(/n=(\d+)/.exec(url)?.[1])] ?? [];
    res.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': codings ?? '' });
    res.end(body);
  });
  server = await startHardServer(provider.url);
});

afterAll(async () => {
  await server.close();
  await provider.stop();
  report('hostile input, bombs', {
    'cases run': counts.run,
    'bytes compared': counts.bytes,
    'exchanges found': counts.found,
    'records marked': counts.marked,
    'memory at most (MB more)': counts.peak,
  });
});

function residentMb(): number {
  const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function bomb(index: number, coding: string, body: Buffer) {
  const headers = ['Content-Type', 'application/json', 'Content-Encoding', coding];
  return call(server.port, { method: 'POST', path: `/v1/messages?n=${index}`, headers, body });
}

it.runIf(process.platform === 'linux')('pass, cost bounded memory, and are marked', async () => {
  const before = residentMb();
  const wanted: (string | null)[][] = [];
  for (const [index, [name, coding, body]] of BOMBS.entries()) {
    const answer = await bomb(index, coding, body);
    const seen = provider.requests.at(-1)?.body ?? Buffer.alloc(0);
    expect([answer.status, answer.body.equals(body), seen.equals(body)], name).toEqual([
      200,
      true,
      true,
    ]);
    wanted.push([`/v1/messages?n=${index}`, sha256(body), sha256(body)]);
    counts.run += 2;
    counts.bytes += body.length * 2;
  }
  const rows = await untilRecorded(server.home.path, BOMBS.length);
  const isMarked = ({ outcome, isPartial }: (typeof rows)[number]): boolean =>
    outcome !== 'completed' || isPartial === 1;
  counts.found = rows.length;
  counts.marked = rows.filter(isMarked).length;
  counts.peak = Math.round(residentMb() - before);
  expect(rows.map((row) => [row.target, row.requestSha256, row.responseSha256])).toEqual(wanted);
  expect(rows.filter((row) => !isMarked(row))).toEqual([]);
  expect(counts.peak).toBeLessThan(MAX_GROWTH_MB);
  const ready = (await (await fetch(`${server.url}/readyz`)).json()) as object;
  expect(JSON.stringify(ready)).toMatch(/"status":"ready"/);
  expect(server.output()).not.toMatch(/restart|died|RangeError|TypeError/i);
});
