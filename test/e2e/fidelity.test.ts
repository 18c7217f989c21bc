// Promise 1: bytes both ways are identical, and what was recorded is what was sent.
import { randomBytes, randomInt } from 'node:crypto';
import http from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchangeIds, openStore } from '../helpers/history.ts';
import { cleanEnv, type RunningServer, startServer, tempHome, until } from '../helpers/program.ts';
import {
  type ScriptedProvider,
  sha256,
  startScriptedProvider,
} from '../helpers/scripted-provider.ts';

const home = tempHome();
let provider: ScriptedProvider;
let server: RunningServer;
/** What the provider answers next: set by each test. */
let answer: { headers: string[]; chunks: Buffer[]; sized: boolean };

beforeAll(async () => {
  provider = await startScriptedProvider((_req, res) => {
    res.sendDate = false;
    const length = answer.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const framing = answer.sized ? ['Content-Length', String(length)] : [];
    res.writeHead(200, 'Fine', [...answer.headers, ...framing]);
    for (const chunk of answer.chunks) res.write(chunk);
    res.end();
  });
  // Random bytes hold, now and then, what looks like a password (once in 480 MB, measured), and that is
  // rightly not kept. Here the recorder's own exactness is at stake.
  server = await startServer(
    cleanEnv(home.path, {
      LUNAROUTE_ANTHROPIC_BASE_URL: provider.url,
      LUNAROUTE_ENABLE_SECRET_REDACTION: 'false',
    }),
  );
});

afterAll(async () => {
  await server?.stop();
  await provider?.stop();
  home.remove();
});

interface Got {
  readonly rawHeaders: string[];
  readonly statusMessage: string;
  readonly body: Buffer;
}

function post(body: Buffer, headers: string[], chunked: boolean): Promise<Got> {
  const framing = chunked
    ? ['Transfer-Encoding', 'chunked']
    : ['Content-Length', String(body.length)];
  return new Promise((resolve, reject) => {
    const req = http.request({
      port: server.port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/v1/messages?beta=true&x=%2F..%2f',
      headers: ['Host', `127.0.0.1:${server.port}`, ...headers, ...framing],
      agent: false,
    });
    req.on('error', reject);
    req.on('response', (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () =>
        resolve({
          rawHeaders: res.rawHeaders,
          statusMessage: res.statusMessage ?? '',
          body: Buffer.concat(chunks),
        }),
      );
    });
    for (let at = 0; at < body.length; at += 65_537) req.write(body.subarray(at, at + 65_537));
    req.end();
  });
}

/** The end-to-end headers: framing belongs to each connection. */
function endToEnd(raw: readonly string[]): string[] {
  const hop = /^(host|connection|keep-alive|transfer-encoding|content-length|date)$/i;
  return raw.filter((_, i) => !hop.test(raw[i - (i % 2)] ?? ''));
}

const randomHeaders = (): string[] =>
  Array.from({ length: randomInt(1, 12) }).flatMap(() => [
    ['X-Multi', 'x-multi', 'X-Lab-Trace', 'anthropic-beta', 'ACCEPT'][randomInt(5)] ?? 'X',
    randomBytes(randomInt(1, 40)).toString('base64'),
  ]);

const SSE_LF = Buffer.from(
  'event: ping\ndata: {"type":"ping"}\n\n'.repeat(3) +
    'data: {"text":"Grüße 漢字 🌙"}\n\n: done\n\n',
);
const SSE_CRLF = Buffer.from(SSE_LF.toString().replaceAll('\n', '\r\n'));

async function roundTrip(request: {
  body: Buffer;
  chunked: boolean;
  requestHeaders?: string[];
  answer: Buffer[];
  answerHeaders: string[];
  sized: boolean;
}): Promise<void> {
  const requestHeaders = [
    'x-api-key',
    'sk-ant-api03-fidelity',
    'anthropic-version',
    '2023-06-01',
    ...(request.requestHeaders ?? []),
    ...randomHeaders(),
  ];
  const answerHeaders = [...request.answerHeaders, ...randomHeaders()];
  answer = { headers: answerHeaders, chunks: request.answer, sized: request.sized };
  const before = new Set(exchangeIds(home.path));
  const got = await post(request.body, requestHeaders, request.chunked);
  const seen = provider.requests.pop();

  expect(seen?.url).toBe('/v1/messages?beta=true&x=%2F..%2f');
  expect(sha256(seen?.body ?? Buffer.alloc(0))).toBe(sha256(request.body));
  expect(endToEnd(seen?.rawHeaders ?? [])).toEqual(requestHeaders);
  const sent = Buffer.concat(request.answer);
  expect(sha256(got.body)).toBe(sha256(sent));
  expect(endToEnd(got.rawHeaders)).toEqual(answerHeaders);
  expect(got.statusMessage).toBe('Fine');

  const store = openStore(home.path);
  try {
    const id = await until('the recorded exchange', () =>
      exchangeIds(home.path).find((one) => !before.has(one) && store.exchange(one)?.end != null),
    );
    expect(sha256(store.rawBody(id, 'request') ?? Buffer.alloc(0))).toBe(sha256(request.body));
    expect(sha256(store.rawBody(id, 'response') ?? Buffer.alloc(0))).toBe(sha256(sent));
    expect(store.exchange(id)?.requestBody.sha256).toBe(sha256(request.body));
  } finally {
    store.close();
  }
}

const json = (bytes: number): Buffer =>
  Buffer.from(
    JSON.stringify({
      model: 'm',
      messages: [{ role: 'user', content: randomBytes(bytes).toString('hex') }],
    }),
  );

describe('byte fidelity through the built program', { timeout: 120_000 }, () => {
  it.each([1, 2, 1000, 65_536, 1_000_000, 40_000_000])(
    'a random body of %i bytes',
    async (size) => {
      for (const chunked of [false, true])
        await roundTrip({
          body: randomBytes(size),
          chunked,
          answer: [randomBytes(size)],
          answerHeaders: ['Content-Type', 'application/octet-stream'],
          sized: chunked,
        });
    },
  );

  it.each([200, 500_000, 15_000_000])(
    'a JSON body of about %i bytes, cut into segments and joined',
    async (size) => {
      await roundTrip({
        body: json(size),
        chunked: false,
        answer: [json(size)],
        answerHeaders: ['Content-Type', 'application/json'],
        sized: true,
      });
    },
  );

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
    ['deflate', deflateSync],
  ] as const)('%s in both directions stays compressed as it was', async (coding, compress) => {
    await roundTrip({
      body: compress(json(5000)),
      chunked: false,
      requestHeaders: ['Content-Encoding', coding],
      answer: [compress(SSE_LF)],
      answerHeaders: ['Content-Type', 'text/event-stream', 'Content-Encoding', coding],
      sized: false,
    });
  });

  it.each([
    ['LF', SSE_LF],
    ['CRLF', SSE_CRLF],
  ] as const)('an SSE stream with %s, cut at every byte', async (_name, stream) => {
    await roundTrip({
      body: json(300),
      chunked: false,
      answer: [...stream].map((byte) => Buffer.from([byte])),
      answerHeaders: ['Content-Type', 'text/event-stream; charset=utf-8'],
      sized: false,
    });
  });
});
