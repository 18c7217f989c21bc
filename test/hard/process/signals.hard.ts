// SIGTERM, SIGINT and SIGHUP in every phase that an exchange, and the server itself, can be in: what
// runs may end, what has been said is recorded, nothing stays open, and the exit code tells the truth.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { report, sized } from '../../helpers/hard.ts';
import { databasePath } from '../../helpers/history.ts';
import {
  cleanEnv,
  freePort,
  LAUNCHER,
  type RunningServer,
  startServer,
  type TempHome,
  tempHome,
  until,
} from '../../helpers/program.ts';
import { answerPieces, marksInJsonl, recorded } from '../helpers/agents.ts';

// Whole programs are started: a starved machine is no failure.
vi.setConfig({ testTimeout: 1_200_000 });

const SIGNALS = (['SIGTERM', 'SIGINT', 'SIGHUP'] as const).slice(0, sized(1, 3));
const EXIT_CODES = { SIGTERM: 143, SIGINT: 130, SIGHUP: 129 };

const counts = { cases: 0, ended: 0, cut: 0, recorded: 0, open: 0 };
afterAll(() =>
  report('process, signals', {
    'cases run': counts.cases,
    'exchanges that ended whole after the signal': counts.ended,
    'cut by a second signal': counts.cut,
    recorded: counts.recorded,
    'left open in the records': counts.open,
  }),
);

/** A provider whose answers wait for the test, with a WebSocket beside them. */
async function waitingProvider() {
  const waiting = new Map<string, http.ServerResponse>();
  const server = http.createServer((req, res) => {
    const mark = /mark=([\w-]+)/.exec(req.url ?? '')?.[1] ?? '';
    if (mark !== 'upload') waiting.set(mark, res);
    req.resume().once('end', () => waiting.set(mark, res));
  });
  const sockets = new WebSocketServer({ server });
  const turns: WebSocket[] = [];
  sockets.on('connection', (socket) => socket.on('message', () => turns.push(socket)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  onTestFinished(() => {
    sockets.close();
    server.closeAllConnections();
    server.close();
  });
  return { url, waiting, turns };
}

interface Running {
  readonly home: TempHome;
  readonly server: RunningServer;
  readonly provider: Awaited<ReturnType<typeof waitingProvider>>;
}

async function start(): Promise<Running> {
  const home = tempHome();
  const provider = await waitingProvider();
  const server = await startServer(
    cleanEnv(home.path, {
      LUNAROUTE_ANTHROPIC_BASE_URL: provider.url,
      LUNAROUTE_OPENAI_BASE_URL: provider.url,
    }),
  );
  onTestFinished(async () => {
    await server.stop('SIGKILL');
    home.remove();
  });
  return { home, server, provider };
}

/** A request; `halves` when its body is held back in the middle. */
function request(url: string, mark: string) {
  const req = http.request(`${url}/v1/messages?mark=${mark}`, {
    method: 'POST',
    agent: false,
    headers: { 'x-api-key': 'sk-ant-x', 'content-type': 'application/json', 'content-length': 80 },
  });
  const body = JSON.stringify({ model: 'claude-x', messages: [], mark }).padEnd(80);
  const text = new Promise<string>((resolve, reject) => {
    req.on('error', reject);
    req.on('response', (res) => {
      let all = '';
      res.setEncoding('utf8').on('data', (chunk: string) => {
        all += chunk;
      });
      res.on('error', () => undefined);
      res.on('close', () => (res.complete ? resolve(all) : reject(new Error('cut'))));
    });
  });
  text.catch(() => undefined);
  return { req, text, first: body.slice(0, 40), second: body.slice(40) };
}

async function socketTo(url: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/responses`, {
    headers: { authorization: 'Bearer sk-proj-x' },
  });
  await once(socket, 'open');
  return socket;
}

function openRows(home: string): number {
  const database = new Database(databasePath(home), { readonly: true });
  try {
    const rows = 'SELECT count(*) FROM exchanges WHERE outcome IS NULL';
    const runs = 'SELECT count(*) FROM runs WHERE closed_at IS NULL';
    return [rows, runs].reduce((sum, sql) => sum + Number(database.prepare(sql).pluck().get()), 0);
  } finally {
    database.close();
  }
}

/** Every phase at once: a body half sent, an answer awaited, a stream begun, a WebSocket in and between turns. */
async function everyPhase({ server, provider }: Running) {
  const [upload, waits, streams] = ['upload', 'waits', 'streams'].map((mark) =>
    request(server.url, mark),
  );
  if (!upload || !waits || !streams) throw new Error('no requests');
  upload.req.write(upload.first);
  waits.req.end(waits.first + waits.second);
  streams.req.end(streams.first + streams.second);
  const stream = await until('the stream', () => provider.waiting.get('streams'));
  stream.writeHead(200, { 'content-type': 'text/event-stream' });
  stream.write(answerPieces('streams', 1)[0]);
  await once(streams.req, 'response');
  const [idle, busy] = [await socketTo(server.url), await socketTo(server.url)];
  busy.send(JSON.stringify({ type: 'response.create', model: 'gpt-x', input: [] }));
  const turn = await until('the turn', () => provider.turns[0]);
  await until('the waiting request', () => provider.waiting.get('waits'));
  return { upload, waits, streams, stream, idle, busy, turn };
}

const untilAsked = ({ server }: Running) =>
  until('the waiting', () => (server.output().includes('a second signal') ? true : undefined));

describe.each(SIGNALS)('%s', (signal) => {
  it('with exchanges in every phase: all may end, and are recorded', async () => {
    const running = await start();
    const phases = await everyPhase(running);
    const stopped = running.server.stop(signal);
    const idleClosed = once(phases.idle, 'close');
    await untilAsked(running);
    await expect(fetch(`${running.server.url}/healthz`)).rejects.toThrow();
    expect((await idleClosed)[0]).toBe(1012);
    phases.upload.req.end(phases.upload.second);
    const uploaded = await until('the upload', () => running.provider.waiting.get('upload'));
    for (const [mark, res] of [
      ['upload', uploaded],
      ['waits', running.provider.waiting.get('waits')],
    ] as const) {
      res?.writeHead(200, { 'content-type': 'text/event-stream' });
      res?.end(answerPieces(mark, 1).join(''));
    }
    phases.stream.end(answerPieces('streams', 1).slice(1).join(''));
    const message = once(phases.busy, 'message');
    const response = { id: 'resp_1', model: 'gpt-x', output: [] };
    phases.turn.send(JSON.stringify({ type: 'response.completed', response }));
    expect(String((await message)[0])).toContain('response.completed');
    const texts = await Promise.all(
      [phases.upload, phases.waits, phases.streams].map((p) => p.text),
    );
    expect(texts).toEqual(['upload', 'waits', 'streams'].map((m) => answerPieces(m, 1).join('')));
    expect(await stopped).toBe(0);
    const rows = [...recorded(running.home.path).values()];
    expect(rows.filter(({ mark }) => mark !== '').map(({ outcome }) => outcome)).toEqual([
      'completed',
      'completed',
      'completed',
    ]);
    counts.cases += 5;
    counts.ended += 4;
    counts.recorded += rows.length;
    counts.open += openRows(running.home.path);
    expect(openRows(running.home.path)).toBe(0);
  });

  it('a second one: all is cut at once, recorded as cut, and the exit code is the signal', async () => {
    const running = await start();
    const phases = await everyPhase(running);
    const stopped = running.server.stop(signal);
    await untilAsked(running);
    await sleep(150);
    running.server.child.kill(signal);
    expect(await stopped).toBe(EXIT_CODES[signal]);
    const ends = [phases.upload, phases.waits, phases.streams].map(({ text }) => text);
    expect((await Promise.allSettled(ends)).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
      'rejected',
    ]);
    const rows = [...recorded(running.home.path).values()];
    expect(rows.length).toBeGreaterThanOrEqual(4);
    expect(rows.filter(({ outcome }) => outcome === 'completed')).toEqual([]);
    counts.cases += 5;
    counts.cut += rows.length;
    counts.recorded += rows.length;
    counts.open += openRows(running.home.path);
    expect(openRows(running.home.path)).toBe(0);
  });

  it('while the database is locked: it ends, and JSONL has what SQLite could not take', async () => {
    const running = await start();
    await until('the database', () => (recorded(running.home.path) ? true : undefined));
    const other = new Database(databasePath(running.home.path));
    onTestFinished(() => void other.close());
    await until('a lock', () => {
      try {
        other.exec('BEGIN IMMEDIATE');
        return true;
      } catch {
        return undefined;
      }
    });
    const asked = request(running.server.url, 'locked');
    asked.req.end(asked.first + asked.second);
    const res = await until('the request', () => running.provider.waiting.get('locked'));
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.end(answerPieces('locked', 1).join(''));
    await asked.text;
    await until('the trouble', () => (running.server.output().includes('lock') ? true : undefined));
    expect(await running.server.stop(signal)).toBe(0);
    expect(marksInJsonl(running.home.path)).toContain('locked');
    counts.cases += 1;
  });

  it.each(Array.from({ length: sized(2, 6) }, (_, index) => index * sized(300, 120)))(
    'while it starts, after %i ms: it ends, and starts again',
    async (ms) => {
      const home = tempHome();
      const port = await freePort();
      const begin = (): ChildProcess =>
        spawn(process.execPath, [LAUNCHER, '--headless', '--port', `${port}`], {
          env: cleanEnv(home.path),
          stdio: 'ignore',
        });
      const child = begin();
      const ended = once(child, 'exit');
      await sleep(ms);
      child.kill(signal);
      const [code, by] = await ended;
      // Before it can listen to signals, the signal itself ends it.
      expect(by === signal || code === 0).toBe(true);
      const again = begin();
      onTestFinished(async () => {
        again.kill('SIGKILL');
        await once(again, 'exit');
        home.remove();
      });
      await until('the next start', async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
        return answer?.ok ? true : undefined;
      });
      counts.cases += 1;
    },
  );
});
