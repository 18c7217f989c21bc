// The composition with scripted workers: what must hold when one of them dies.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { Log } from '../../src/cli/log.ts';
import { Runtime } from '../../src/cli/runtime.ts';
import { ListenError } from '../../src/cli/server/proxy-host.ts';
import type { FlowEvent } from '../../src/core/events.ts';
import type { ProxyOptions } from '../../src/core/options.ts';
import { makeEnd, makeRequest } from '../helpers/flow-events.ts';
import { until } from '../helpers/program.ts';
import { NO_RETENTION } from '../helpers/retention.ts';

/** Answers every request with its path and passes the path on; /die ends it, /health tells what it heard. */
const PROXY = `
import http from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
let { tapPort } = workerData;
let health = [];
const server = http.createServer((request, response) => {
  if (request.url === '/die') throw new Error('proxy died as told');
  if (request.url === '/health') return response.end(JSON.stringify(health));
  tapPort.postMessage(request.url);
  response.end(request.url);
});
parentPort.on('message', (message) => {
  if (message.type === 'tap') tapPort = message.port;
  if (message.type === 'health') health = message.degraded;
  if (message.type === 'drain') {
    server.close();
    server.closeAllConnections();
    setTimeout(() => parentPort.postMessage({ type: 'drained', remaining: 0 }), workerData.options.bypass ? 0 : 1e6);
  }
  if (message.type === 'destroy') parentPort.postMessage({ type: 'drained', remaining: 3 });
});
server.on('error', (error) => parentPort.postMessage({ type: 'listen-failed', code: error.code, message: error.message }));
server.listen(workerData.options.port, '127.0.0.1', () => {
  parentPort.postMessage({ type: 'listening', host: '127.0.0.1', port: server.address().port });
});
`;

/** Makes events of the paths it is told; /kill-recorder ends it. */
const RECORDER = `
import { parentPort, workerData } from 'node:worker_threads';
let seq = 0;
const tell = (event) => parentPort.postMessage({ type: 'events', events: [{ ...event, seq: ++seq }] });
workerData.tapPort.on('message', (path) => {
  if (path === '/kill-recorder') throw new Error('recorder died as told');
  if (path === '/start') tell({ type: 'exchange.started', exchange: ${JSON.stringify(makeRequest())} });
  if (path === '/end') tell({ type: 'exchange.ended', end: ${JSON.stringify(makeEnd())} });
  if (path === '/full') tell({ type: 'recorder.status', status: { queueBytes: 0, droppedBytes: 0, writeErrors: 1, degraded: ['disk full'] } });
});
parentPort.on('message', () => {
  tell({ type: 'exchange.ended', end: ${JSON.stringify(makeEnd({ id: 'last' }))} });
  parentPort.postMessage({ type: 'closed' });
  parentPort.close();
});
parentPort.postMessage({ type: 'ready', notices: ['a notice'] });
`;

const OPTIONS: ProxyOptions = {
  host: '127.0.0.1',
  port: 0,
  version: '1',
  instanceId: 'i',
  dialects: 'both',
  providers: [],
  routes: [],
  bypass: true,
  allowedHosts: [],
  authToken: null,
  maxBufferedBody: 1,
  maxQueuedBytes: 1,
};

const directory = mkdtempSync(join(tmpdir(), 'lunaroute-runtime-'));

function workerFile(name: string, source: string): URL {
  const file = join(directory, `${name}.mjs`);
  writeFileSync(file, source);
  return pathToFileURL(file);
}

const workers = {
  proxy: workerFile('proxy', PROXY),
  recorder: workerFile('recorder', RECORDER),
};

interface Started {
  readonly runtime: Runtime;
  readonly events: FlowEvent[];
  readonly logged: string[];
  readonly fatal: string[];
  readonly port: number;
  get(path: string): Promise<string>;
}

let running: Runtime | null = null;
afterEach(async () => {
  running?.force();
  await running?.stop(0);
  running = null;
});

async function start(over: Partial<ProxyOptions> = {}): Promise<Started> {
  const logged: string[] = [];
  const fatal: string[] = [];
  const events: FlowEvent[] = [];
  const log: Log = {
    write: (level, message) => logged.push(`${level}: ${message.split('\n')[0]}`),
    shows: () => true,
  };
  const runtime = new Runtime({
    proxy: { ...OPTIONS, ...over },
    recorder: {
      sqlitePath: null,
      jsonlDirectory: null,
      maxBodyBytes: 1,
      redaction: null,
      retention: NO_RETENTION,
      prices: { overrides: [], dataFile: '' },
    },
    workers,
    log,
    onFatal: (message) => fatal.push(message),
  });
  runtime.bus.subscribe((event) => events.push(event));
  const { port } = await runtime.start();
  running = runtime;
  const get = async (path: string) => await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  return { runtime, events, logged, fatal, port, get };
}

const types = (events: readonly FlowEvent[]) => events.map(({ type }) => type);

/** The proxy answers again after its worker was replaced. */
const answers = (started: Started, path: string) =>
  until(`an answer to ${path}`, () => started.get(path).catch(() => undefined));

describe('Runtime', () => {
  it('carries what the proxy saw to the live state and closes in order', async () => {
    const started = await start();
    await started.get('/start');
    await started.get('/end');
    await until('the end', () => (started.events.length === 2 ? true : undefined));
    expect(await started.runtime.stop(1000)).toBe(0);
    running = null;
    // What the recorder says while it closes still counts.
    expect(started.events.map((event) => event.seq)).toEqual([1, 2, 3]);
    expect(started.runtime.live().total.requests).toBe(2);
    expect(started.logged).toEqual(['warn: a notice']);
  });

  it('tells the proxy when recording is degraded', async () => {
    const started = await start();
    await started.get('/full');
    await until('the health', async () =>
      (await started.get('/health')) === '["disk full"]' ? true : undefined,
    );
    expect(started.logged).toContain('warn: disk full');
  });

  it('a dead recorder is replaced: traffic goes on, open exchanges end, numbers go up', async () => {
    const started = await start();
    await started.get('/start');
    await until('the start', () => started.events[0]);
    await started.get('/kill-recorder');
    await until('its end', () => started.events.find(({ type }) => type === 'exchange.ended'));
    expect(started.events[1]).toMatchObject({ end: { outcome: 'interrupted', isPartial: true } });
    // Through the new recorder.
    expect(await started.get('/start')).toBe('/start');
    await until('the new start', () => started.events[2]);
    expect(types(started.events)).toEqual([
      'exchange.started',
      'exchange.ended',
      'exchange.started',
    ]);
    expect(started.events.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    await until('health', async () => ((await started.get('/health')) === '[]' ? true : undefined));
    expect(started.logged.join('\n')).toContain('traffic goes on: Error: recorder died as told');
  });

  it('a dead proxy is replaced on the same port, and recording resumes', async () => {
    const started = await start();
    await started.get('/start');
    await until('the start', () => started.events[0]);
    await started.get('/die').catch(() => undefined);
    expect(await answers(started, '/again')).toBe('/again');
    // The old recorder was closed, then the open exchange ended.
    await until('both ends', () => (started.events.length >= 3 ? true : undefined));
    await started.get('/start');
    await until('the new start', () => started.events[3]);
    expect(types(started.events)).toEqual([
      'exchange.started',
      'exchange.ended',
      'exchange.ended',
      'exchange.started',
    ]);
    expect(started.fatal).toEqual([]);
  });

  it('gives up a proxy that dies again and again', async () => {
    const started = await start();
    for (let death = 0; death < 6; death++) {
      await answers(started, '/x');
      await started.get('/die').catch(() => undefined);
    }
    await until('the end', () => started.fatal[0]);
    expect(started.fatal).toEqual(['the proxy keeps ending; giving up']);
  });

  it('a taken port is a ListenError with the system’s code', async () => {
    const first = await start();
    const error = await start({ port: first.port }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ListenError);
    expect(error).toMatchObject({ code: 'EADDRINUSE' });
  });

  it('force() ends a drain that would wait', async () => {
    const { runtime } = await start({ bypass: false });
    const stopping = runtime.stop(600_000);
    runtime.force();
    expect(await stopping).toBe(3);
    running = null;
  });
});
