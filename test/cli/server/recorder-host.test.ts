import { expect, test } from 'vitest';
import { RecorderHost } from '../../../src/cli/server/recorder-host.ts';
import type { RecorderWorkerData } from '../../../src/store/messages.ts';

/** A recorder that is still at work when its deadline has passed, and then says how far it came. */
const BUSY = `
  import { parentPort } from 'node:worker_threads';
  parentPort.on('message', () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
    parentPort.postMessage({ type: 'notices', notices: ['all is written'] });
    parentPort.postMessage({ type: 'closed' });
  });
  parentPort.postMessage({ type: 'ready', notices: [] });
`;

test('a second signal on a starved machine: a recorder at work is waited for beyond its deadline', async () => {
  const notices: string[] = [];
  const host = new RecorderHost(new URL(`data:text/javascript,${encodeURIComponent(BUSY)}`), {
    onEvents: () => undefined,
    onNotices: (more) => notices.push(...more),
    onDeath: (reason) => notices.push(reason),
  });
  host.start({} as RecorderWorkerData, []);
  await host.ready;
  await host.close(1);
  expect(notices).toEqual(['all is written']);
});
