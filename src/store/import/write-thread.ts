/**
 * Entry of an import's second thread: writes what the first has read, batch by batch, while that reads on.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { SqliteSink } from '../sqlite-sink.ts';
import type { ImportBatch, WriterData, WriterToReader } from './batch-writer.ts';

const REMEMBER = `INSERT INTO imported_files (path, size, modified_at) VALUES (?, ?, ?)
  ON CONFLICT (path) DO UPDATE SET size = excluded.size, modified_at = excluded.modified_at`;

const { path, instanceId }: WriterData = workerData;
const tell = (message: WriterToReader): void => parentPort?.postMessage(message);
const sink = new SqliteSink({
  path,
  instanceId,
  onNotice: (notice) => tell({ type: 'notice', notice }),
  wait: 'patiently',
});

parentPort?.on('message', (batch: ImportBatch | null) => {
  if (batch === null) {
    sink.close();
    parentPort?.close();
    return;
  }
  // An error ends the thread; who started it is told by that.
  write(batch);
  tell({ type: 'written' });
});

function write({ items, finished }: ImportBatch): void {
  sink.write(items, (database) => {
    const remember = database.prepare<[string, number, number]>(REMEMBER);
    for (const { path: file, size, modifiedAt } of finished) remember.run(file, size, modifiedAt);
  });
}
