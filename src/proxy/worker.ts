/**
 * The proxy worker's entry: sockets only, no disk, no parsing. Everything it does is in server.ts;
 * here are only the messages with the main thread.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { MainToProxy, ProxyToMain, ProxyWorkerData } from './messages.ts';
import { ProxyServer } from './server.ts';

const data: ProxyWorkerData = workerData;
const server = new ProxyServer({
  options: data.options,
  counters: new BigInt64Array(data.counters),
  tapPort: data.tapPort,
});

parentPort?.on('message', (message: MainToProxy) => receive(message));
server.listen().then(
  ({ host, port }) => send({ type: 'listening', host, port }),
  (error: unknown) => send({ type: 'listen-failed', ...reasonOf(error) }),
);

function receive(message: MainToProxy): void {
  switch (message.type) {
    case 'tap':
      server.setTapPort(message.port);
      break;
    case 'health':
      server.setDegraded(message.degraded);
      break;
    case 'codex-login':
      server.setCodexLogin(message.provider, message.login);
      break;
    case 'drain':
      void server.drain(message.deadlineMs).then((remaining) => {
        send({ type: 'drained', remaining });
      });
      break;
    case 'destroy':
      server.destroy();
      break;
  }
}

function send(message: ProxyToMain): void {
  parentPort?.postMessage(message);
}

function reasonOf(error: unknown): { code: string; message: string } {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return { code, message: error instanceof Error ? error.message : String(error) };
}
