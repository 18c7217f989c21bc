/** Ties metrics to a running server: the event stream, the shared counters, the database's size. */
import { statSync } from 'node:fs';
import type { LoadedConfig } from '../../config/load.ts';
import type { RecorderOptions } from '../../core/options.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import { VERSION } from '../version.ts';

/** Never throws: what goes wrong is a warning. The libraries are loaded only when metrics are on. */
export async function startMetrics(
  runtime: Runtime,
  { config }: LoadedConfig,
  recorder: RecorderOptions,
  log: Log,
): Promise<void> {
  const { enabled, host, port } = config.metrics;
  if (!enabled) return;
  const [{ Metrics }, { readCounters }, { listenForMetrics }] = await Promise.all([
    import('../../metrics/prometheus.ts'),
    import('../../metrics/readings.ts'),
    import('./metrics-listener.ts'),
  ]);
  const metrics = new Metrics({
    version: VERSION,
    read: () => ({ ...readCounters(runtime.counters()), storeBytes: sizeOf(recorder.sqlitePath) }),
  });
  runtime.bus.subscribe(metrics.take);
  try {
    const allowedHosts = config.allowed_hosts;
    const listener = await listenForMetrics({ metrics, host, port, allowedHosts });
    runtime.onStop(() => listener.close());
    log.write('info', `metrics at http://${host}:${listener.port}/metrics`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.write('warn', `no metrics: ${reason}; choose another metrics.port`);
  }
}

/** With its write-ahead log. */
function sizeOf(path: string | null): number | null {
  if (path === null) return null;
  try {
    return ['', '-wal'].reduce((sum, suffix) => sum + sizeOrZero(path + suffix), 0);
  } catch {
    return null;
  }
}

function sizeOrZero(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
