// HTTP conformance, the client's side: each case over a raw socket to the built program, with a
// provider that speaks bytes, and a look at what was recorded.
import { createHash } from 'node:crypto';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { report, sized } from '../../helpers/hard.ts';
import { byteClient } from '../helpers/byte-client.ts';
import { type ByteProvider, startByteProvider } from '../helpers/byte-provider.ts';
import { type HardServer, startHardServer, untilRecorded } from '../helpers/hard-server.ts';
import { REQUEST_CASES, type RequestCase } from './request-cases.ts';

const counts = { run: 0, forwarded: 0, refused: 0, bytes: 0 };
let provider: ByteProvider;
let server: HardServer;

beforeAll(async () => {
  provider = await startByteProvider({
    onRequest: ({ head }, socket) => {
      socket.write(
        `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n${head.startsWith('HEAD') ? '' : 'ok'}`,
      );
    },
  });
  server = await startHardServer(provider.url);
});

afterAll(async () => {
  const sent = provider.requests.map(({ body }) => sha256(body)).sort();
  const rows = await untilRecorded(server.home.path, sent.length, ({ sentMs }) => sentMs !== null);
  const found = rows.map(({ requestSha256 }) => requestSha256);
  await server.close();
  await provider.stop();
  report('HTTP conformance, requests', {
    'cases run': counts.run,
    'requests forwarded': counts.forwarded,
    'requests refused': counts.refused,
    'bytes compared': counts.bytes,
    'exchanges found': found.length,
  });
  expect(found.sort()).toEqual(sent);
});

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function fill(piece: string, name: string): string {
  return piece.replaceAll('{t}', targetOf(name)).replaceAll('{host}', `127.0.0.1:${server.port}`);
}

function targetOf(name: string): string {
  return `/v1/messages?case=${encodeURIComponent(name)}`;
}

/** Statuses of a sequence of answers: every answer here has `ok` or a JSON line as its body. */
function statusesIn(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) [^\r]*\r\n/g)].map((match) => Number(match[1]));
}

async function run(given: RequestCase, isSplit: boolean): Promise<string> {
  const client = await byteClient(server.port);
  try {
    const pieces = [given.send].flat().map((piece) => fill(piece, given.name));
    for (const [index, piece] of (isSplit ? [...pieces.join('')] : pieces).entries()) {
      if (index > 0) await (isSplit ? setImmediate() : sleep(2));
      client.send(piece);
    }
    const wanted = given.statuses.length;
    await client.untilText(new RegExp(`(HTTP/1\\.1 \\d{3} [\\s\\S]*?){${wanted}}`));
    if (given.closes) await client.untilEnded();
    else
      await client.untilText(
        /(ok|\}\n|Expectation Failed[\s\S]*\r\n\r\n|Content-Length: 2\r\n\r\n)$/,
      );
    return client.text();
  } finally {
    client.close();
  }
}

async function check(given: RequestCase, isSplit: boolean): Promise<void> {
  const target = targetOf(given.name);
  const before = provider.requests.length;
  const text = await run(given, isSplit);
  const seen = provider.requests.slice(before);
  counts.run += 1;
  counts.forwarded += seen.length;
  counts.refused += given.statuses.length - (given.seen?.length ?? 0);
  counts.bytes += seen.reduce((sum, { body }) => sum + body.length, 0);
  expect(statusesIn(text)).toEqual(given.statuses);
  expect(seen.map(({ body }) => body.toString('latin1'))).toEqual(given.seen ?? []);
  const heads = seen.map(({ head }) => head).join('');
  if (given.has) expect(heads).toMatch(given.has);
  if (given.lacks) expect(heads.replaceAll(target, '')).not.toMatch(given.lacks);
  expect(seen.every((request) => request.target.startsWith(target))).toBe(true);
}

it.each(REQUEST_CASES)('$name', (given) => check(given, false));

/** A parser must not depend on how the bytes are cut. */
const SHORT = REQUEST_CASES.filter(
  ({ send, atOnce }) => !atOnce && [send].flat().join('').length < 300,
);

it.each(SHORT.slice(0, sized(12, SHORT.length)))('byte by byte: $name', (given) =>
  check(given, true),
);
