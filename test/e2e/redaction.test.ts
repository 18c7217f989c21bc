// Issue 6, end to end: 200 planted values go through the built program in every place where words can
// stand; the client gets all of them untouched, and nothing on disk or in any answer has one.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { EXPORT_FORMATS } from '../../src/export/export.ts';
import { SegmentReader } from '../../src/store/segments/segment-store.ts';
import { allOperations } from '../../src/web/server/operations/all-operations.ts';
import { sseText, TURNS, type Words } from '../helpers/agent-turns.ts';
import { everyFile } from '../helpers/every-file.ts';
import { databasePath, exchangeIds, openStore } from '../helpers/history.ts';
import { EVERYTHING_ON, foundIn, type Planted, plantedValues } from '../helpers/planted.ts';
import {
  cleanEnv,
  pageOf,
  type RunningServer,
  runProgram,
  startServer,
  tempHome,
  until,
} from '../helpers/program.ts';
import { type ScriptedProvider, startScriptedProvider } from '../helpers/scripted-provider.ts';

let home = tempHome();
const values = plantedValues(200);
let provider: ScriptedProvider | undefined;
let server: RunningServer | undefined;

afterEach(async () => {
  await server?.stop();
  await provider?.stop();
  home.remove();
  home = tempHome();
});

const ENCODE: Record<string, (bytes: Buffer) => Buffer> = {
  identity: (bytes) => bytes,
  gzip: (bytes) => gzipSync(bytes),
  br: (bytes) => brotliCompressSync(bytes),
  zstd: (bytes) => zstdCompressSync(bytes),
};

interface Plan {
  readonly dialect: string;
  readonly size: number;
  readonly coding: string;
  readonly planted: readonly Planted[];
}

/** Eight places, the values dealt out over them. */
function wordsOf(planted: readonly Planted[]): Words {
  const said = (place: number): string =>
    planted
      .filter((_, index) => index % 8 === place)
      .map(({ text }) => `Look at ${text} please.`)
      .join('\n');
  return {
    system: said(0),
    prompt: said(1),
    toolInput: said(2),
    toolResult: said(3),
    earlierThinking: said(4),
    thinking: said(5),
    text: said(6),
    callArguments: said(7),
  };
}

/** Each value in pieces of every small size, so that it is cut at every place. */
function plans(): Plan[] {
  const codings = Object.keys(ENCODE);
  return Object.keys(TURNS).flatMap((dialect, d) =>
    [1, 2, 3, 5, 8, 13].map((size, s) => ({
      dialect,
      size,
      coding: codings[(d + s) % codings.length] ?? 'identity',
      planted: values
        .map((_, index) => values[(index + s * 3 + d) % values.length])
        .filter((value) => value !== undefined),
    })),
  );
}

async function writeInPieces(
  write: (piece: Buffer) => boolean,
  bytes: Buffer,
  size: number,
): Promise<void> {
  for (let at = 0; at < bytes.length; at += size) {
    write(bytes.subarray(at, at + size));
    if (at % (size * 50) === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** All that SQLite keeps in compressed form. */
function allSegments(): string[] {
  const database = new Database(databasePath(home.path), { readonly: true });
  try {
    const reader = new SegmentReader(database);
    const keys: unknown[] = database.prepare('SELECT segment_key FROM segments').pluck().all();
    return keys.map((key) => reader.get(Number(key)).toString('latin1'));
  } finally {
    database.close();
  }
}

const apiOf = async (running: RunningServer): Promise<string> => `${await pageOf(running)}/api/v1`;

interface Watcher {
  /** All that the live stream has said, as it came. */
  said(): string;
  stop(): void;
}

async function watchLive(running: RunningServer): Promise<Watcher> {
  const stop = new AbortController();
  const { body } = await fetch(`${await apiOf(running)}/live`, { signal: stop.signal });
  const pieces: Buffer[] = [];
  const read = async (): Promise<void> => {
    for await (const piece of body ?? []) pieces.push(Buffer.from(piece));
  };
  read().catch(() => undefined);
  return { said: () => Buffer.concat(pieces).toString(), stop: () => stop.abort() };
}

/** The answers as they grew on a screen, pieces put together: a value must not come in two halves either. */
function grownAnswers(said: string): string[] {
  const answers = new Map<string, string>();
  for (const [, data = ''] of said.matchAll(/^data: (.*)$/gm)) {
    const { type, exchangeId, kind, text } = JSON.parse(data);
    if (type !== 'response.progress' || typeof text !== 'string') continue;
    const key = `${exchangeId} ${kind}`;
    answers.set(key, (answers.get(key) ?? '') + text);
  }
  return [...answers.values()];
}

/** What the web API says about everything that was recorded, exports included. */
async function everyAnswer(running: RunningServer): Promise<ReadonlyMap<string, string>> {
  const base = await apiOf(running);
  const answers = new Map<string, string>();
  const get = async (path: string): Promise<string> => {
    const response = await fetch(`${base}${path}`);
    expect([path, response.status]).toEqual([path, 200]);
    const text = Buffer.from(await response.arrayBuffer()).toString('latin1');
    answers.set(path, text);
    return text;
  };
  const { items: exchanges } = JSON.parse(await get('/exchanges?limit=1000'));
  const { items: sessions } = JSON.parse(await get('/sessions?limit=1000'));
  expect([exchanges.length > 10, sessions.length > 1]).toEqual([true, true]);
  const operations = allOperations('').filter(({ method }) => method === 'get');
  for (const { path } of operations) {
    if (path === '/export') continue;
    if (path === '/usage') await get(`/usage?from=${Date.now() - 3_600_000}&step=hour`);
    else if (path === '/search')
      for (const word of ['look', 'acme']) await get(`/search?q=${word}`);
    else if (!path.includes('{id}')) await get(path);
    else {
      const ids: readonly string[] = path.startsWith('/sessions')
        ? sessions.map(({ sessionId }: { sessionId: string }) => sessionId)
        : exchanges.map(({ id }: { id: string }) => id);
      for (const id of ids) await get(path.replace('{id}', encodeURIComponent(id)));
    }
  }
  for (const format of EXPORT_FORMATS) {
    for (const { sessionId } of sessions)
      await get(`/export?format=${format}&session=${encodeURIComponent(sessionId)}`);
    await get(`/export?format=${format}&exchange=${exchanges[0].id}`);
  }
  return answers;
}

describe('redaction through the built program', () => {
  it('keeps 200 planted values from the disk and from every answer, and none from the client', async () => {
    const answers = new Map<string, Buffer>();
    provider = await startScriptedProvider(async (req, res) => {
      const key = new URL(req.url, 'http://x').searchParams.get('case') ?? '';
      const [, sizeText, coding = 'identity'] = key.split('.');
      const body = answers.get(key) ?? Buffer.from('{}');
      res.setHeader(
        'content-type',
        key.startsWith('error') ? 'application/json' : 'text/event-stream',
      );
      if (coding !== 'identity') res.setHeader('content-encoding', coding);
      if (key.startsWith('error')) res.statusCode = 400;
      await writeInPieces((piece) => res.write(piece), body, Math.max(1, Number(sizeText)) * 37);
      res.end();
    });
    writeFileSync(join(home.path, 'config.yaml'), EVERYTHING_ON);
    const env = cleanEnv(home.path, {
      LUNAROUTE_CONFIG: join(home.path, 'config.yaml'),
      LUNAROUTE_ANTHROPIC_BASE_URL: provider.url,
      LUNAROUTE_OPENAI_BASE_URL: provider.url,
    });
    server = await startServer(env, ['--log-requests', '--log-level', 'trace']);
    const live = await watchLive(server);

    for (const plan of plans()) {
      const key = `${plan.dialect}.${plan.size}.${plan.coding}`;
      const turn = TURNS[plan.dialect]!(wordsOf(plan.planted), plan.size);
      const encode = ENCODE[plan.coding]!;
      const stream = encode(Buffer.from(sseText(turn.events)));
      const request = encode(Buffer.from(JSON.stringify(turn.request)));
      answers.set(key, stream);
      const secret = plan.planted[plan.size]!;
      const line = plan.planted.find(({ kind }) => kind === 'email')!;
      const res = await fetch(
        `${server.url}${turn.path}?case=${key}&note=${encodeURIComponent(secret.text)}`,
        {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...(plan.dialect === 'anthropic'
              ? { 'x-api-key': 'sk-ant-lab' }
              : { authorization: 'Bearer sk-lab' }),
            'x-session-id': `session of ${plan.planted[6]!.kind} ${plan.dialect === 'chat' ? line.text : key}`,
            'x-note': `see ${line.text} there`,
            ...(plan.coding === 'identity' ? {} : { 'content-encoding': plan.coding }),
          },
          body: new Uint8Array(request),
        },
      );
      const received = await res.text();
      // fetch has undone the coding; the provider saw exactly what was sent.
      expect([
        key,
        res.status,
        received === sseText(turn.events) || received.slice(0, 300),
      ]).toEqual([key, 200, true]);
      expect(provider.requests.at(-1)?.body.equals(request)).toBe(true);
      expect(decodeURIComponent(provider.requests.at(-1)?.url ?? '')).toContain(secret.text);
    }
    // An error that repeats what it was given, a form, and text that is no JSON.
    answers.set(
      'error.1',
      Buffer.from(
        JSON.stringify({
          type: 'error',
          error: {
            type: 'invalid_request_error',
            message: `bad: ${values.map(({ text }) => text).join(' ; ')}`,
          },
        }),
      ),
    );
    await fetch(`${server.url}/v1/messages?case=error.1`, {
      method: 'POST',
      headers: { 'x-api-key': 'sk-ant-lab', 'x-session-id': 'errors' },
      body: JSON.stringify({ model: 'claude-x', messages: [{ role: 'user', content: 'x' }] }),
    }).then((res) => res.text());
    await fetch(`${server.url}/v1/files?case=form.1`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer sk-lab',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams(
        values.map(({ kind, text }): [string, string] => [kind, text]),
      ).toString(),
    }).then((res) => res.text());
    await fetch(`${server.url}/v1/files?case=text.1`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-lab', 'content-type': 'text/plain' },
      body: values.map(({ text }) => text).join('\n'),
    }).then((res) => res.text());

    const count = plans().length + 3;
    await until('all exchanges', () => {
      const store = openStore(home.path);
      try {
        const ids = exchangeIds(home.path);
        return ids.length === count && ids.every((id) => store.exchange(id)?.end != null)
          ? true
          : undefined;
      } finally {
        store.close();
      }
    });
    // The write-ahead log is there while the server runs.
    const found = (text: string): string[] => foundIn(text, values);
    const folder = join(home.path, '.lunaroute');
    for (const { file, text } of everyFile(folder)) expect([file, found(text)]).toEqual([file, []]);
    expect(allSegments().flatMap(found)).toEqual([]);

    const store = openStore(home.path);
    try {
      for (const id of exchangeIds(home.path)) {
        expect(found(JSON.stringify(store.exchange(id)))).toEqual([]);
        for (const direction of ['request', 'response'] as const) {
          expect(found(Buffer.from(store.rawBody(id, direction) ?? []).toString('latin1'))).toEqual(
            [],
          );
        }
        const detail = store.exchange(id);
        if (detail?.dialect != null && detail.target.includes('case=anthropic')) {
          expect(detail.messages.length).toBeGreaterThanOrEqual(4);
          expect(detail.redactions?.['API_KEY']).toBeGreaterThan(5);
          expect(Object.keys(detail.end?.redactions ?? {}).length).toBeGreaterThan(2);
        }
      }
    } finally {
      store.close();
    }
    const ended = (text: string): number => text.split('"type":"exchange.ended"').length - 1;
    await until('the live stream', () => (ended(live.said()) >= count ? true : undefined));
    live.stop();
    const grown = grownAnswers(live.said());
    expect(grown.join().length).toBeGreaterThan(10_000);
    expect([live.said(), ...grown].flatMap(found)).toEqual([]);
    expect(found(await (await fetch(`${server.url}/metrics`)).text())).toEqual([]);
    for (const [path, text] of await everyAnswer(server)) {
      expect([path, found(text)]).toEqual([path, []]);
    }
    const last = ['sessions', 'list', '--limit', '100'];
    for (const args of [
      last,
      [...last, '--json'],
      ['sessions', 'show', 'last', '--json'],
      ['stats', '--json'],
      ['sessions', 'search', 'look', '--json'],
      ['sessions', 'search', 'acme', '--limit', '100'],
    ]) {
      const { code, stdout, stderr } = await runProgram(args, env);
      expect([args, code, found(stdout + stderr)]).toEqual([args, 0, []]);
    }
    const searched = await runProgram(['sessions', 'search', 'acme', '--json'], env);
    expect(JSON.parse(searched.stdout).length).toBeGreaterThan(0);
    await server.stop();
    expect(found(server.output())).toEqual([]);
    for (const { file, text } of everyFile(folder)) expect([file, found(text)]).toEqual([file, []]);
  }, 180_000);

  it('keeps secrets out without any configuration, and leaves personal data', async () => {
    provider = await startScriptedProvider((_req, res) => {
      res.setHeader('content-type', 'application/json');
      res.end(
        JSON.stringify({
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          model: 'claude-x',
          content: [{ type: 'text', text: 'mail mary.major@acme.io' }],
          usage: { input_tokens: 1, output_tokens: 1 },
        }),
      );
    });
    const env = cleanEnv(home.path, { LUNAROUTE_ANTHROPIC_BASE_URL: provider.url });
    server = await startServer(env);
    const key = values[0]!.text;
    await fetch(`${server.url}/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': 'k', 'x-session-id': 'default' },
      body: JSON.stringify({
        model: 'claude-x',
        messages: [{ role: 'user', content: `use ${key}` }],
      }),
    }).then((res) => res.text());
    const stats = await until('the exchange', async () => {
      const { stdout } = await runProgram(['sessions', 'show', 'default', '--json'], env);
      return stdout.includes('"outcome": "completed"') ? stdout : undefined;
    });
    expect(stats).toContain('use [API_KEY]');
    expect(stats).toContain('mary.major@acme.io');
    await server.stop();
    expect(
      everyFile(join(home.path, '.lunaroute')).filter(({ text }) => text.includes(key)),
    ).toEqual([]);
  });

  it('keeps values out over WebSocket, split over messages at every place', async () => {
    const seen: string[] = [];
    const turn = TURNS['responses']!(wordsOf(values), 1);
    const http = createServer();
    const sockets = new WebSocketServer({ server: http, perMessageDeflate: true });
    sockets.on('connection', (socket) => {
      socket.on('message', (data) => {
        seen.push(String(data));
        for (const [, event] of turn.events) socket.send(JSON.stringify(event));
      });
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const address = http.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      writeFileSync(join(home.path, 'config.yaml'), EVERYTHING_ON);
      const env = cleanEnv(home.path, {
        LUNAROUTE_CONFIG: join(home.path, 'config.yaml'),
        LUNAROUTE_OPENAI_BASE_URL: `http://127.0.0.1:${port}`,
      });
      server = await startServer(env, ['--log-level', 'trace']);
      const client = new WebSocket(`${server.url.replace('http', 'ws')}/v1/responses`, {
        headers: { authorization: 'Bearer sk-lab', 'session-id': 'socket' },
      });
      const received: string[] = [];
      const done = new Promise<void>((resolve, reject) => {
        client.on('error', reject);
        client.on('message', (data) => {
          received.push(String(data));
          if (received.length === turn.events.length) resolve();
        });
      });
      await new Promise<void>((resolve) => client.once('open', () => resolve()));
      const asked = JSON.stringify({ type: 'response.create', ...Object(turn.request) });
      client.send(asked);
      await done;
      client.close();
      expect(received).toEqual(turn.events.map(([, event]) => JSON.stringify(event)));
      expect(seen).toEqual([asked]);
      const store = await until('the turn', () => {
        const history = openStore(home.path);
        const ended = history.exchanges('socket', { limit: 5, offset: 0 })[0]?.end;
        if (ended?.outcome === 'completed') return history;
        history.close();
        return undefined;
      });
      for (const id of exchangeIds(home.path)) {
        const detail = store.exchange(id);
        expect(foundIn(JSON.stringify(detail), values)).toEqual([]);
        expect(detail?.redactions?.['API_KEY']).toBeGreaterThan(5);
        for (const direction of ['request', 'response'] as const) {
          const raw = Buffer.from(store.rawBody(id, direction) ?? []).toString();
          expect(raw.length).toBeGreaterThan(1000);
          expect(foundIn(raw, values)).toEqual([]);
        }
      }
      store.close();
      expect(allSegments().flatMap((text) => foundIn(text, values))).toEqual([]);
      await server.stop();
      for (const { file, text } of everyFile(join(home.path, '.lunaroute'))) {
        expect([file, foundIn(text, values)]).toEqual([file, []]);
      }
    } finally {
      for (const socket of sockets.clients) socket.terminate();
      http.close();
    }
  }, 60_000);

  it('finds values in a text, and redacts what was recorded before', async () => {
    const turn = TURNS['anthropic']!(wordsOf(values), 4);
    provider = await startScriptedProvider((_req, res) => {
      res.setHeader('content-type', 'text/event-stream');
      res.setHeader('content-encoding', 'gzip');
      res.end(gzipSync(sseText(turn.events)));
    });
    const off = 'session_recording:\n  secrets: {enabled: false}\n';
    writeFileSync(join(home.path, 'config.yaml'), off);
    const env = cleanEnv(home.path, {
      LUNAROUTE_CONFIG: join(home.path, 'config.yaml'),
      LUNAROUTE_ANTHROPIC_BASE_URL: provider.url,
    });
    server = await startServer(env);
    const send = (): Promise<string> =>
      fetch(`${server?.url}/v1/messages?note=${encodeURIComponent(values[0]!.text)}`, {
        method: 'POST',
        headers: { 'x-api-key': 'k', 'x-session-id': 'before', 'x-note': values[1]!.text },
        body: JSON.stringify(turn.request),
      }).then((res) => res.text());
    await send();
    await send();
    await until('both', async () => {
      const { stdout } = await runProgram(['sessions', 'show', 'before', '--json'], env);
      return stdout.split('"outcome": "completed"').length > 2 ? true : undefined;
    });
    writeFileSync(join(home.path, 'config.yaml'), EVERYTHING_ON);
    const refused = await runProgram(['redact', 'apply', '--yes'], env);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('lunaroute stop')]);
    await server.stop();
    const folder = join(home.path, '.lunaroute');
    const left = (): string[] => [
      ...everyFile(folder).flatMap(({ text }) => foundIn(text, values)),
      ...allSegments().flatMap((text) => foundIn(text, values)),
    ];
    expect(new Set(left()).size).toBe(200);
    const dry = await runProgram(['redact', 'apply', '--json'], env);
    expect(JSON.parse(dry.stdout)).toMatchObject({
      dryRun: true,
      database: { read: 2, changed: 2 },
      files: { changed: expect.any(Number) },
    });
    expect(new Set(left()).size).toBe(200);
    const applied = await runProgram(['redact', 'apply', '--yes'], env);
    expect([applied.code, applied.stdout]).toEqual([
      0,
      expect.stringContaining('2 of 2 exchanges with values'),
    ]);
    expect(left()).toEqual([]);
    const again = await runProgram(['redact', 'apply', '--json'], env);
    expect(JSON.parse(again.stdout)).toMatchObject({
      database: { changed: 0 },
      files: { changed: 0 },
    });
    const hits = await runProgram(['sessions', 'search', 'please', '--json'], env);
    expect(JSON.parse(hits.stdout).length).toBeGreaterThan(0);
    const shown = await runProgram(['sessions', 'show', 'before', '--json'], env);
    expect(JSON.parse(shown.stdout).exchanges[1].redactions.EMAIL).toBeGreaterThan(0);

    const text = `first line\nuse ${values[0]!.text} or mail mary.major@acme.io\n`;
    const tested = await runProgram(['redact', 'test', '-'], env, text);
    expect(tested.stdout).toContain(`2:5  API_KEY  anthropic  100 %\n    use «${values[0]!.text}»`);
    expect(tested.stdout).toContain('EMAIL  email  95 %');
    const found = await runProgram(['redact', 'test', '-', '--json'], env, text);
    expect(JSON.parse(found.stdout)).toMatchObject([
      { line: 2, column: 5, type: 'API_KEY' },
      { type: 'EMAIL', value: 'mary.major@acme.io' },
    ]);
  }, 60_000);
});
