// Does a screen that has watched 100,000 exchanges need more memory than one that has watched few? A
// server that only looks like LunaRoute sends their events to a real, attached screen.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packSnapshot, type ServerFacts } from '../../src/core/live-source.ts';
import { emptyLiveState } from '../../src/core/live-state.ts';
import { uuidv7 } from '../../src/core/uuid.ts';
import { makeEnd, makeRequest } from '../../test/helpers/flow-events.ts';
import { TmuxTerminal } from './tmux-control.ts';

export interface Memory {
  readonly exchanges: number;
  readonly beforeMb: number;
  readonly afterMb: number;
}

const PORT = 24_491;
const TOKEN = 'bench';
/** Without a cap V8 lets garbage pile up for a while, and that would be measured. A leak would end it. */
const HEAP_MB = 80;
const LAUNCHER = join(import.meta.dirname, '../../bin/lunaroute.cjs');
/** By then the heap has the size that the garbage between two collections needs. */
const WARM_UP = 40_000;
const BURST = 250;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

function eventsOf(index: number): string {
  const id = uuidv7(Date.now());
  const sessionId = `session-${index % 500}`;
  const at = Date.now();
  const prompt = `what about ${index}? `.repeat(8);
  const usage = {
    input: 9000,
    cacheRead: 8000,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: 200,
    reasoning: 0,
  };
  const events = [
    {
      type: 'exchange.started',
      exchange: makeRequest({ id, sessionId, startedAt: at, promptPreview: prompt }),
    },
    { type: 'response.started', exchangeId: id, status: 200, firstByteMs: 20 },
    {
      type: 'response.progress',
      exchangeId: id,
      bytes: 400,
      kind: 'text',
      text: 'x'.repeat(400),
      usage,
    },
    {
      type: 'exchange.ended',
      end: makeEnd({
        id,
        sessionId,
        endedAt: at + 5,
        usage,
        parts: [{ type: 'text', text: 'x'.repeat(400) }],
      }),
    },
  ];
  return events
    .map(
      (event, place) =>
        `event: flow\ndata: ${JSON.stringify({ seq: index * 4 + place + 1, ...event })}\n\n`,
    )
    .join('');
}

async function neverCame(): Promise<never> {
  await sleep(20_000);
  throw new Error('the screen did not attach to the server of this measurement within 20 s');
}

export async function measureMemory(exchanges: number): Promise<Memory> {
  const home = mkdtempSync(join(tmpdir(), 'lunaroute-memory-'));
  const reader = Promise.withResolvers<http.ServerResponse>();
  const facts: ServerFacts = {
    version: '0',
    pid: process.pid,
    url: `http://127.0.0.1:${PORT}`,
    startedAt: 0,
    isRecording: true,
    exposure: null,
    uiUrl: null,
  };
  const server = http.createServer((req, res) => {
    if (req.url === '/healthz') {
      res.end(
        JSON.stringify({ name: 'lunaroute', version: '0', instance: 'bench', pid: process.pid }),
      );
      return;
    }
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write(
      `event: snapshot\ndata: ${JSON.stringify(packSnapshot(facts, emptyLiveState()))}\n\n`,
    );
    reader.resolve(res);
  });
  await new Promise<void>((resolve) => server.listen(PORT, '127.0.0.1', resolve));
  const record = {
    pid: process.pid,
    host: '127.0.0.1',
    port: PORT,
    instance: 'bench',
    startedAt: 0,
    version: '0',
    dataDir: home,
    dialects: 'both',
    providers: [],
    screen: { url: `http://127.0.0.1:${PORT}`, token: TOKEN, sqlitePath: null },
  };
  writeFileSync(join(home, `server-${PORT}.json`), JSON.stringify(record));
  const terminal = new TmuxTerminal(
    'lunaroute-memory',
    { columns: 120, rows: 40 },
    `exec env HOME=${home} LUNAROUTE_HOME=${home} PATH=${process.env['PATH']} NODE_OPTIONS=--max-old-space-size=${HEAP_MB} ${process.execPath} ${LAUNCHER} --port ${PORT}`,
  );
  try {
    const pid = terminal.pid();
    const res = await Promise.race([reader.promise, neverCame()]);
    let beforeMb = 0;
    for (let index = 0; index < exchanges + WARM_UP; index += 1) {
      if (!res.write(eventsOf(index))) await new Promise((resolve) => res.once('drain', resolve));
      if (index % BURST === 0) await sleep(20);
      if (index === WARM_UP) {
        await sleep(3000);
        beforeMb = residentMb(pid);
      }
    }
    await sleep(3000);
    return { exchanges, beforeMb, afterMb: residentMb(pid) };
  } finally {
    terminal.stop();
    server.closeAllConnections();
    server.close();
    rmSync(home, { recursive: true, force: true });
  }
}
