// npm run bench -- [--quick] [--json FILE]
// Paired and interleaved: every round sends the same request to every target in turn, so that a slow
// moment of the machine hits all of them. What counts are the differences to `direct` in one run.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { BenchClient } from './client.ts';
import { added, type Percentiles, percentiles, table } from './stats.ts';
import { type Target, Targets } from './targets.ts';

const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } },
});

interface Scenario {
  readonly name: string;
  readonly bodyBytes: number;
  readonly sse: string | null;
  readonly rounds: number;
}

const scale = flags.quick ? 1 : 4;
const SCENARIOS: readonly Scenario[] = [
  { name: 'unary 60 kB', bodyBytes: 60_000, sse: null, rounds: 600 * scale },
  { name: 'SSE 60 kB, 50 events at 5 ms', bodyBytes: 60_000, sse: '50x5', rounds: 15 * scale },
];
const WARM_UP_ROUNDS = 30;

/** A request like an agent's: a conversation that fills `bytes`. */
function requestBody(bytes: number, round: number): Buffer {
  const turn = (i: number) => ({
    role: i % 2 ? 'assistant' : 'user',
    content: `${i} ${'lorem ipsum '.repeat(80)}`,
  });
  const messages = Array.from({ length: Math.max(1, Math.floor(bytes / 1000)) }, (_, i) => turn(i));
  messages.push({ role: 'user', content: `round ${round}` });
  return Buffer.from(JSON.stringify({ model: 'claude-bench', max_tokens: 100, messages }));
}

interface Measured {
  readonly ttfb: number[];
  readonly delays: number[];
}

async function measure(
  targets: readonly Target[],
  scenario: Scenario,
): Promise<Map<string, Measured>> {
  const clients = await Promise.all(targets.map((target) => BenchClient.connect(target.port)));
  const results = new Map(targets.map((t) => [t.name, { ttfb: [], delays: [] } as Measured]));
  const warmUp = scenario.sse ? 2 : WARM_UP_ROUNDS;
  for (let round = 0; round < scenario.rounds + warmUp; round += 1) {
    for (let turn = 0; turn < targets.length; turn += 1) {
      const index = (turn + round) % targets.length;
      const client = clients[index];
      const result = results.get(targets[index]?.name ?? '');
      if (!client || !result) continue;
      const sample = await client.send(requestBody(scenario.bodyBytes, round), scenario.sse);
      if (round < warmUp) continue;
      result.ttfb.push(sample.ttfb);
      result.delays.push(...sample.delays);
    }
  }
  for (const client of clients) client.close();
  return results;
}

interface Row {
  readonly scenario: string;
  readonly target: string;
  readonly metric: 'ttfb' | 'event delay';
  readonly absolute: Percentiles;
  readonly added: Percentiles;
  readonly ratioToPipe: number;
}

function rowsOf(
  scenario: Scenario,
  results: Map<string, Measured>,
  targets: readonly Target[],
): Row[] {
  const metrics = scenario.sse ? (['ttfb', 'delays'] as const) : (['ttfb'] as const);
  return metrics.flatMap((metric) => {
    const of = (name: string): number[] => results.get(name)?.[metric] ?? [];
    const pipeAdded = added(of('node:http pipe'), of('direct')).p50;
    return targets.map((target) => {
      const difference = added(of(target.name), of('direct'));
      return {
        scenario: scenario.name,
        target: target.name,
        metric: metric === 'ttfb' ? 'ttfb' : 'event delay',
        absolute: percentiles(of(target.name)),
        added: difference,
        ratioToPipe: difference.p50 / pipeAdded,
      } satisfies Row;
    });
  });
}

const ms = (value: number): string => value.toFixed(3);

function print(rows: readonly Row[]): void {
  const cells = rows.map((row) => [
    `${row.scenario} · ${row.metric}`,
    row.target,
    ms(row.absolute.p50),
    ...[row.added.p50, row.added.p95, row.added.p99].map((v) =>
      row.target === 'direct' ? '-' : ms(v),
    ),
    row.target === 'direct' ? '-' : row.ratioToPipe.toFixed(2),
    String(row.absolute.samples),
  ]);
  const head = [
    'scenario',
    'target',
    'p50 ms',
    'added p50',
    'added p95',
    'added p99',
    '× pipe p50',
    'n',
  ];
  console.log(table(head, cells));
}

const all = await Targets.start();
try {
  const targets = [
    all.direct(),
    await all.pipe(),
    await all.lunaroute('lunaroute, recording off', ['--no-recording']),
    await all.lunaroute('lunaroute, recording on', []),
  ];
  const rows: Row[] = [];
  for (const scenario of SCENARIOS)
    rows.push(...rowsOf(scenario, await measure(targets, scenario), targets));
  console.log(`node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}`);
  print(rows);
  if (flags.json)
    writeFileSync(flags.json, `${JSON.stringify({ node: process.version, rows }, null, 2)}\n`);
} finally {
  await all.stop();
}
