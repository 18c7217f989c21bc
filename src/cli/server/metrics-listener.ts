/**
 * Serves `/metrics` from the main thread, on a port of its own: the proxy's thread renders nothing.
 * Answers only requests that name this host (the proxy's own guard: no DNS rebinding, no web page),
 * and a port that is taken costs the metrics, never the proxy.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { makeGuard } from '../../core/guard.ts';
import type { Metrics } from '../../metrics/prometheus.ts';
import { headerMap } from '../../proxy/headers.ts';

export interface MetricsListener {
  readonly port: number;
  close(): void;
}

export interface MetricsListenOptions {
  readonly metrics: Metrics;
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: readonly string[];
}

/** Rejects with node's error when it cannot listen. */
export function listenForMetrics(options: MetricsListenOptions): Promise<MetricsListener> {
  const { host, port } = options;
  const guard = makeGuard(options);
  const server = createServer((req, res) => {
    const refusal = guard(headerMap(req.rawHeaders), req.socket.localAddress);
    if (refusal !== null) answer(res, 403, `${refusal.message}\n`);
    else void handleMetrics(options.metrics, req, res);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      const address = server.address();
      const isTcp = typeof address === 'object' && address !== null;
      resolve({
        port: isTcp ? address.port : port,
        close: () => {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}

/** Answers a scrape; 404 for every other path. */
async function handleMetrics(
  metrics: Metrics,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const path = (req.url ?? '').split('?', 1)[0];
  if (path !== '/metrics') return answer(res, 404, 'LunaRoute serves /metrics here\n');
  if (req.method !== 'GET' && req.method !== 'HEAD') return answer(res, 405, 'GET only\n');
  try {
    answer(res, 200, await metrics.render(), metrics.contentType);
  } catch (error) {
    answer(res, 500, `metrics cannot be rendered: ${String(error)}\n`);
  }
}

function answer(res: ServerResponse, status: number, body: string, type = 'text/plain'): void {
  res.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  res.end(body);
}
