/**
 * The end of the server, in its order: stop accepting, let running exchanges end, write everything,
 * end the workers, print the statistics of the run. A second signal ends the waiting at once.
 */
import { performance } from 'node:perf_hooks';
import { removeServerRecord } from '../background/server-record.ts';
import type { Context, StopSignal } from '../context.ts';
import type { Log } from '../log.ts';
import type { Runtime } from '../runtime.ts';
import { reportLines } from '../view/report-text.ts';
import { renderStats } from '../view/stats-text.ts';
import type { Start } from './start-summary.ts';

const DRAIN_MS = 10_000;
/** Two signals closer than this are one: a terminal and a parent process may both send it. */
const SAME_SIGNAL_MS = 100;
/** A stop that takes longer is explained. */
const SILENT_MS = 300;
const MAX_SUMMARY_SESSIONS = 5;
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** A signal, a key of the screen, or a failure. */
export type StopReason = StopSignal | 'quit' | 'quit-now' | 'crashed' | 'fatal';

export interface Signals {
  readonly first: Promise<StopSignal>;
  readonly second: Promise<StopSignal>;
}

export function watchSignals({ onStopSignal }: Context): Signals {
  const first = Promise.withResolvers<StopSignal>();
  const second = Promise.withResolvers<StopSignal>();
  let firstAt: number | null = null;
  onStopSignal((signal) => {
    firstAt ??= performance.now();
    if (performance.now() - firstAt > SAME_SIGNAL_MS) second.resolve(signal);
    first.resolve(signal);
  });
  return { first: first.promise, second: second.promise };
}

export interface Stopping {
  readonly runtime: Runtime;
  readonly start: Start;
  readonly context: Context;
  readonly log: Log;
  readonly signals: Signals;
  readonly reason: StopReason;
}

/** Returns the exit code: 0 when nothing was forced. */
export async function shutDown({
  runtime,
  start,
  context,
  log,
  signals,
  reason,
}: Stopping): Promise<number> {
  const { loaded, address, proxy } = start;
  const patience = setTimeout(() => {
    log.write('info', 'running requests may end within 10 s; a second signal ends them at once');
  }, SILENT_MS);
  let forcedBy: StopSignal | null = null;
  // After a key of the screen, the first signal is the second wish.
  const forcing = isSignal(reason) ? signals.second : signals.first;
  void forcing.then((signal) => {
    forcedBy = signal;
    runtime.force();
  });
  const remaining = await runtime.stop(DRAIN_MS);
  clearTimeout(patience);
  if (remaining > 0) log.write('warn', `${remaining} running requests were cut off`);
  summarise(runtime, context);
  removeServerRecord(loaded.dataDir, address.port, proxy.instanceId);
  if (reason === 'fatal' || reason === 'crashed') return 1;
  return forcedBy === null ? 0 : EXIT_CODES[forcedBy];
}

function isSignal(reason: StopReason): boolean {
  return reason in EXIT_CODES;
}

function summarise(runtime: Runtime, { print }: Context): void {
  const { total, sessions, report } = runtime.live();
  if (total.requests === 0) return;
  const latest = [...sessions.values()].slice(-MAX_SUMMARY_SESSIONS);
  print.line();
  print.line(
    renderStats(
      latest.map(({ stats }) => stats),
      total,
    ),
  );
  for (const line of reportLines(report)) print.line(line);
}
