// Paired and interleaved: every round sends the same request to every target in turn, so that a slow
// moment of the machine hits all of them. What counts are the differences to `direct` in one run.
import { requestBody } from '../bodies.ts';
import { BenchClient } from '../client.ts';
import { added, median, type Percentiles, percentiles } from '../stats.ts';
import type { Target } from '../targets.ts';

export interface Scenario {
  readonly name: string;
  readonly bodyBytes: number;
  readonly sse: string | null;
  /** Of one run. */
  readonly rounds: number;
}

export interface LatencyRow {
  readonly scenario: string;
  readonly target: string;
  readonly metric: 'ttfb' | 'event delay';
  /** Milliseconds; medians over the runs. */
  readonly absolute: Percentiles;
  readonly added: Percentiles;
  /** What was added, as a multiple of what the node:http pipe added; medians over the runs. */
  readonly ratio: { readonly p50: number; readonly p99: number };
}

export const YARDSTICK = 'node:http pipe';
const WARM_UP_ROUNDS = 30;

interface Measured {
  readonly ttfb: number[];
  readonly delays: number[];
}

export async function measureLatency(
  targets: readonly Target[],
  scenario: Scenario,
  runs: number,
): Promise<LatencyRow[]> {
  const clients = await Promise.all(targets.map((target) => BenchClient.connect(target.port)));
  await oneRun(targets, clients, { ...scenario, rounds: scenario.sse ? 2 : WARM_UP_ROUNDS });
  const results: Map<string, Measured>[] = [];
  for (let run = 0; run < runs; run += 1) {
    results.push(await oneRun(targets, clients, scenario));
  }
  for (const client of clients) client.close();
  return rowsOf(scenario, results, targets);
}

async function oneRun(
  targets: readonly Target[],
  clients: readonly BenchClient[],
  scenario: Scenario,
): Promise<Map<string, Measured>> {
  const results = new Map(targets.map((t) => [t.name, { ttfb: [], delays: [] } as Measured]));
  for (let round = 0; round < scenario.rounds; round += 1) {
    const body = requestBody(scenario.bodyBytes, round);
    for (let turn = 0; turn < targets.length; turn += 1) {
      const index = (turn + round) % targets.length;
      const client = clients[index];
      const result = results.get(targets[index]?.name ?? '');
      if (!client || !result) continue;
      const sample = await client.send(body, scenario.sse);
      result.ttfb.push(sample.ttfb);
      result.delays.push(...sample.delays);
    }
  }
  return results;
}

function rowsOf(
  scenario: Scenario,
  runs: readonly Map<string, Measured>[],
  targets: readonly Target[],
): LatencyRow[] {
  const metrics = scenario.sse ? (['ttfb', 'delays'] as const) : (['ttfb'] as const);
  return metrics.flatMap((metric) => {
    const of = (run: Map<string, Measured>, name: string) => run.get(name)?.[metric] ?? [];
    const addedBy = (run: Map<string, Measured>, name: string) =>
      added(of(run, name), of(run, 'direct'));
    return targets.map(({ name }) => ({
      scenario: scenario.name,
      target: name,
      metric: metric === 'ttfb' ? ('ttfb' as const) : ('event delay' as const),
      absolute: medians(runs.map((run) => percentiles(of(run, name)))),
      added: medians(runs.map((run) => addedBy(run, name))),
      ratio: {
        p50: median(runs.map((run) => addedBy(run, name).p50 / addedBy(run, YARDSTICK).p50)),
        p99: median(runs.map((run) => addedBy(run, name).p99 / addedBy(run, YARDSTICK).p99)),
      },
    }));
  });
}

function medians(runs: readonly Percentiles[]): Percentiles {
  const of = (key: keyof Percentiles) => median(runs.map((run) => run[key]));
  return { p50: of('p50'), p95: of('p95'), p99: of('p99'), samples: of('samples') };
}
