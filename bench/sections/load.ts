// As many requests as go, over several connections at once: requests a second, CPU for each.
import { requestBody } from '../bodies.ts';
import { BenchClient } from '../client.ts';
import { cpuSince, cpuSum, residentMb, type ThreadCpu, threadCpu } from '../process.ts';
import { median } from '../stats.ts';
import type { LunaRouteTarget, Target } from '../targets.ts';

export interface LoadRow {
  readonly target: string;
  readonly concurrency: number;
  readonly requestsPerSecond: number;
  /** Milliseconds of CPU for each request; null for `direct`. */
  readonly cpu: ThreadCpu | null;
  readonly residentMb: number | null;
  /** The most that was seen on its way to the recorder; null for what records nothing. */
  readonly queueMb: number | null;
}

export interface LoadPlan {
  readonly concurrency: number;
  readonly bodyBytes: number;
  readonly seconds: number;
  readonly runs: number;
}

/** The targets take turns within each run; what is told are the medians over the runs. */
export async function measureLoad(
  targets: readonly (Target | LunaRouteTarget)[],
  plan: LoadPlan,
): Promise<LoadRow[]> {
  const rows = new Map<string, LoadRow[]>(targets.map(({ name }) => [name, []]));
  for (let run = 0; run <= plan.runs; run += 1) {
    for (const target of targets) {
      const row = await loadOnce(target, { ...plan, seconds: run === 0 ? 0.5 : plan.seconds });
      // The first is for the compilers' sake.
      if (run > 0) rows.get(target.name)?.push(row);
    }
  }
  return [...rows.values()].flatMap((of) => (of[0] === undefined ? [] : [middle(of, of[0])]));
}

async function loadOnce(target: Target | LunaRouteTarget, plan: LoadPlan): Promise<LoadRow> {
  const clients = await Promise.all(
    Array.from({ length: plan.concurrency }, () => BenchClient.connect(target.port)),
  );
  const bodies = Array.from({ length: 16 }, (_, round) => requestBody(plan.bodyBytes, round));
  const before = target.pid === null ? null : threadCpu(target.pid);
  const watch = 'queueBytes' in target ? watchQueue(target) : null;
  const began = performance.now();
  const end = began + plan.seconds * 1000;
  let count = 0;
  await Promise.all(
    clients.map(async (client, index) => {
      while (performance.now() < end) {
        await client.send(bodies[count % bodies.length] ?? Buffer.alloc(0), null, `load-${index}`);
        count += 1;
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  for (const client of clients) client.close();
  const queueMb = (await watch?.stop()) ?? null;
  const cpu = target.pid === null || before === null ? null : cpuSince(target.pid, before);
  return {
    target: target.name,
    concurrency: plan.concurrency,
    requestsPerSecond: count / seconds,
    cpu: cpu === null ? null : perRequest(cpu, count),
    residentMb: target.pid === null ? null : residentMb(target.pid),
    queueMb,
  };
}

/** Samples the queue while something else happens. `stop()` waits for an empty one; gives the most, in MB. */
function watchQueue(target: LunaRouteTarget): { stop(): Promise<number> } {
  let most = 0;
  const sample = async (): Promise<number> => {
    const bytes = await target.queueBytes();
    most = Math.max(most, bytes / 1e6);
    return bytes;
  };
  const timer = setInterval(() => void sample(), 200);
  return {
    stop: async () => {
      while ((await sample()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
      clearInterval(timer);
      return most;
    },
  };
}

function perRequest(cpu: ThreadCpu, count: number): ThreadCpu {
  return {
    main: cpu.main / count,
    proxy: cpu.proxy / count,
    recorder: cpu.recorder / count,
    other: cpu.other / count,
  };
}

function middle(rows: readonly LoadRow[], first: LoadRow): LoadRow {
  const byCpu = rows.toSorted((a, b) => sumOf(a) - sumOf(b))[rows.length >> 1];
  return {
    ...first,
    requestsPerSecond: median(rows.map((row) => row.requestsPerSecond)),
    cpu: byCpu?.cpu ?? null,
    residentMb: first.residentMb === null ? null : median(rows.map((row) => row.residentMb ?? 0)),
    queueMb: first.queueMb === null ? null : median(rows.map((row) => row.queueMb ?? 0)),
  };
}

function sumOf(row: LoadRow): number {
  return row.cpu === null ? 0 : cpuSum(row.cpu);
}
