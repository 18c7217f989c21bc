// The recorder as a real thread, bundled as it is shipped, over real files.
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FlowEvent } from '../../src/core/events.ts';
import { TAP_COUNTER_COUNT, TAP_COUNTERS, type TapBatch } from '../../src/core/tap.ts';
import { openReadOnly } from '../../src/store/database.ts';
import type { RecorderToMain, RecorderWorkerData } from '../../src/store/messages.ts';
import { readLines, tempFolder } from '../helpers/jsonl-items.ts';
import { anthropicStream, exchangeBatch, SSE_HEADERS, userTurn } from '../helpers/recorder-tap.ts';
import { NO_RETENTION } from '../helpers/retention.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let bundle = '';

beforeAll(async () => {
  // Inside the project, so that better-sqlite3 is found.
  bundle = join(mkdtempSync(join(root, 'node_modules', '.recorder-')), 'worker.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['src/store/worker.ts'],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['better-sqlite3'],
    logLevel: 'error',
  });
});

afterAll(() => rmSync(dirname(bundle), { recursive: true }));

interface RunningRecorder {
  worker: Worker;
  tap: MessagePort;
  counters: BigInt64Array;
  messages: RecorderToMain[];
  events: FlowEvent[];
  post(batch: TapBatch): void;
  /** Resolves when a message fulfils the condition, also one that came before. */
  until(condition: () => boolean): Promise<void>;
  close(): Promise<number>;
}

function start(options: RecorderWorkerData['options']): RunningRecorder {
  const { port1, port2 } = new MessageChannel();
  const counters = new SharedArrayBuffer(TAP_COUNTER_COUNT * 8);
  const workerData: RecorderWorkerData = { options, instanceId: 'test', counters, tapPort: port2 };
  const worker = new Worker(bundle, { workerData, transferList: [port2] });
  const messages: RecorderToMain[] = [];
  const events: FlowEvent[] = [];
  const waiting = new Set<() => void>();
  const exited = new Promise<number>((resolve) => worker.once('exit', resolve));
  worker.on('message', (message: RecorderToMain) => {
    messages.push(message);
    if (message.type === 'events') events.push(...message.events);
    for (const check of waiting) check();
  });
  return {
    worker,
    tap: port1,
    counters: new BigInt64Array(counters),
    messages,
    events,
    post(batch) {
      Atomics.add(this.counters, TAP_COUNTERS.queuedBytes, BigInt(batch.slab.byteLength));
      port1.postMessage(batch, [batch.slab]);
    },
    until(condition) {
      return new Promise((resolve, reject) => {
        const check = (): void => {
          if (!condition()) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        worker.once('error', reject);
        check();
      });
    },
    close() {
      worker.postMessage({ type: 'close', deadlineMs: 5000 });
      return exited;
    },
  };
}

function turn(id: string): TapBatch {
  return exchangeBatch({
    id,
    headers: ['x-claude-code-session-id', 's1'],
    request: userTurn('hello', 'hi', `again ${id}`),
    responseHeaders: SSE_HEADERS,
    response: anthropicStream('answer', { id: `msg_${id}` }),
  });
}

function files(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true }).map((entry) =>
    join(entry.parentPath, entry.name),
  );
}

describe('the recorder thread', () => {
  it('writes what the tap brings, also what still waits when it is closed', async () => {
    const home = tempFolder();
    const options = {
      sqlitePath: join(home, 'sessions.db'),
      jsonlDirectory: join(home, 'sessions'),
      redaction: null,
      maxBodyBytes: 1 << 20,
      prices: { overrides: [], dataFile: '' },
      retention: NO_RETENTION,
    };
    const recorder = start(options);
    await recorder.until(() => recorder.messages.some(({ type }) => type === 'ready'));
    expect(recorder.messages[0]).toEqual({ type: 'ready', notices: [] });
    recorder.post(turn('a'));
    await recorder.until(() => recorder.events.some(({ type }) => type === 'exchange.ended'));
    for (let i = 0; i < 250; i += 1) recorder.post(turn(`b${i}`));
    expect(await recorder.close()).toBe(0);
    expect(recorder.messages.at(-1)).toEqual({ type: 'closed' });
    expect(Atomics.load(recorder.counters, TAP_COUNTERS.queuedBytes)).toBe(0n);
    expect(recorder.events.map(({ seq }) => seq)).toEqual(
      Array.from(recorder.events.keys(), (index) => index + 1),
    );
    const responses = readLines(options.jsonlDirectory).filter(({ type }) => type === 'response');
    expect(responses).toHaveLength(251);
    const database = openReadOnly(options.sqlitePath);
    expect(
      database.prepare('SELECT session_id, request_count, output_tokens FROM sessions').all(),
    ).toEqual([{ session_id: 's1', request_count: 251, output_tokens: 251 * 7 }]);
    database.close();
    for (const path of files(home)) expect(statSync(path).mode & 0o077, path).toBe(0);
  });

  it('ends as interrupted what an earlier recorder of the same process left open', async () => {
    const options = {
      sqlitePath: join(tempFolder(), 'sessions.db'),
      jsonlDirectory: null,
      redaction: null,
      maxBodyBytes: 1 << 20,
      prices: { overrides: [], dataFile: '' },
      retention: NO_RETENTION,
    };
    const outcomes = (): unknown[] => {
      const database = openReadOnly(options.sqlitePath);
      try {
        return database.prepare('SELECT outcome FROM exchanges').pluck().all();
      } finally {
        database.close();
      }
    };
    const first = start(options);
    await first.until(() => first.messages.some(({ type }) => type === 'ready'));
    const { slab, records } = turn('a');
    first.post({ slab, records: records.filter(({ kind }) => kind !== 'end') });
    await vi.waitUntil(() => outcomes().length === 1, 25_000);
    await first.worker.terminate();
    expect(outcomes()).toEqual([null]);
    const second = start(options);
    await second.until(() => second.messages.some(({ type }) => type === 'ready'));
    await vi.waitUntil(() => outcomes()[0] !== null, 25_000);
    expect(outcomes()).toEqual(['interrupted']);
    expect(await second.close()).toBe(0);
  });

  it('touches no disk when recording is off', async () => {
    const home = tempFolder();
    const recorder = start({
      sqlitePath: null,
      jsonlDirectory: null,
      maxBodyBytes: 1000,
      prices: { overrides: [], dataFile: '' },
      redaction: null,
      retention: NO_RETENTION,
    });
    recorder.post(turn('a'));
    await recorder.until(() => recorder.events.some(({ type }) => type === 'exchange.ended'));
    expect(await recorder.close()).toBe(0);
    expect(files(home)).toEqual([]);
  });

  it('goes on without a disk that can be written, and says so', async () => {
    const file = join(tempFolder(), 'a-file');
    writeFileSync(file, '');
    const recorder = start({
      sqlitePath: join(file, 'sessions.db'),
      jsonlDirectory: join(file, 'sessions'),
      redaction: null,
      maxBodyBytes: 1000,
      prices: { overrides: [], dataFile: '' },
      retention: NO_RETENTION,
    });
    recorder.post(turn('a'));
    const degraded = (): readonly string[] =>
      recorder.events.flatMap((e) => (e.type === 'recorder.status' ? e.status.degraded : []));
    await recorder.until(() => degraded().length >= 2);
    await recorder.until(() => recorder.events.some(({ type }) => type === 'exchange.ended'));
    expect(degraded().join('\n')).toMatch(/JSONL.*\n.*SQLite/);
    // The proxy's thread ends first: its port closes.
    recorder.tap.close();
    recorder.worker.postMessage({ type: 'close', deadlineMs: 300 });
    await recorder.until(() => recorder.messages.at(-1)?.type === 'closed');
  });
});
