/**
 * Entry of the recorder thread: ties the tap's port, the sinks and the main thread's port to a
 * Recorder. Nothing is decided here; everything that can be tested is in recorder/.
 */
import {
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  threadId,
  workerData,
} from 'node:worker_threads';
import type { Pricer } from '../core/cost.ts';
import type { RecorderOptions } from '../core/options.ts';
import type { TapBatch } from '../core/tap.ts';
import { readPriceData } from '../prices/data-file.ts';
import { makePricer } from '../prices/pricer.ts';
import { PriceTable } from '../prices/table.ts';
import { loadRedactor } from '../redact/redactor.ts';
import { JsonlSink } from './jsonl-sink.ts';
import type { MainToRecorder, RecorderToMain, RecorderWorkerData } from './messages.ts';
import { systemClock } from './recorder/clock.ts';
import { Recorder } from './recorder/recorder.ts';
import type { SinkSlot } from './recorder/sink-queue.ts';
import { ExchangeRedaction } from './redaction/exchange-redaction.ts';
import { SqliteSink } from './sqlite-sink.ts';
import { UpkeepSchedule } from './upkeep/schedule.ts';
import { keepWithinLimits } from './upkeep/upkeep.ts';

if (parentPort !== null) await startRecorder(parentPort, workerData);

async function startRecorder(main: MessagePort, data: RecorderWorkerData): Promise<void> {
  const { redaction } = data.options;
  const redactor = redaction === null ? null : await loadRedactor(redaction);
  const tell = (message: RecorderToMain): void => main.postMessage(message);
  const early: string[] = [];
  let onNotice = (notice: string): void => {
    early.push(notice);
  };
  const sqlite = sqliteSlot(data, (notice) => onNotice(notice));
  const jsonl = jsonlSlot(data, (notice) => onNotice(notice));
  const recorder = new Recorder({
    maxBodyBytes: data.options.maxBodyBytes,
    clock: systemClock,
    price: pricerOf(data),
    counters: new BigInt64Array(data.counters),
    redaction: redactor === null ? null : new ExchangeRedaction(redactor),
    slots: [jsonl, sqlite].filter((slot) => slot !== null),
    emit: (events) => tell({ type: 'events', events }),
    onNotice: (notice) => onNotice(notice),
    findSessionByResponseId: (id) => sqlite?.sink.findSessionByResponseId(id) ?? null,
  });
  const upkeep = new UpkeepSchedule({
    clock: systemClock,
    begin: () => keepRecords(data.options),
    onNotice: (notice) => onNotice(notice),
  });
  recorder.open();
  upkeep.start();
  data.tapPort.on('message', (batch: TapBatch) => recorder.take(batch));
  main.once('message', (message: MainToRecorder) => {
    // Without a listener the port would no longer keep this thread alive while it tries to write.
    main.ref();
    upkeep.stop();
    void close(recorder, data.tapPort, message.deadlineMs).then(() => {
      tell({ type: 'closed' });
      main.close();
    });
  });
  tell({ type: 'ready', notices: early });
  onNotice = (notice) => tell({ type: 'notices', notices: [notice] });
}

function keepRecords(options: RecorderOptions): ReturnType<typeof keepWithinLimits> {
  return keepWithinLimits({
    sqlitePath: options.sqlitePath,
    jsonlDirectory: options.jsonlDirectory,
    limits: options.retention,
    now: systemClock.wall(),
    isDryRun: false,
    wait: 'briefly',
  });
}

/** Batches that the proxy posted before it ended may still wait in the port. */
async function close(recorder: Recorder, tap: MessagePort, deadlineMs: number): Promise<void> {
  for (let left = receiveMessageOnPort(tap); left; left = receiveMessageOnPort(tap)) {
    recorder.take(left.message);
  }
  await recorder.close(deadlineMs);
  tap.close();
}

function pricerOf({ options: { prices } }: RecorderWorkerData): Pricer {
  return makePricer(new PriceTable(prices.overrides, readPriceData(prices.dataFile)));
}

type Notify = (notice: string) => void;

function sqliteSlot(
  { options, instanceId }: RecorderWorkerData,
  onNotice: Notify,
): (SinkSlot & { sink: SqliteSink }) | null {
  const path = options.sqlitePath;
  if (path === null) return null;
  // By thread: what an earlier recorder of this process left open is nobody's any more.
  const thread = `${instanceId}.${threadId}`;
  return { name: 'SQLite', path, sink: new SqliteSink({ path, instanceId: thread, onNotice }) };
}

function jsonlSlot({ options }: RecorderWorkerData, onNotice: Notify): SinkSlot | null {
  const directory = options.jsonlDirectory;
  if (directory === null) return null;
  return { name: 'JSONL', path: directory, sink: new JsonlSink({ directory, onNotice }) };
}
