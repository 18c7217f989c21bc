// npm run bench -- [--quick] [--only SECTION,…] [--json FILE]
// Everything that docs/PERFORMANCE.md tells, measured on the built program: latency, load, recording,
// start-up. Only figures of one run can be compared with each other.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Figures, machine } from './figures.ts';
import { cpuSum } from './process.ts';
import { type LatencyRow, measureLatency, type Scenario, YARDSTICK } from './sections/latency.ts';
import { type LoadRow, measureLoad } from './sections/load.ts';
import { memoryAfter, recorderKeepsUp, steadyCpu } from './sections/recording.ts';
import { measureStartUp } from './sections/startup.ts';
import { table } from './stats.ts';
import { type LunaRouteTarget, type Target, Targets } from './targets.ts';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: 'latency,load,recording,startup' },
    json: { type: 'string' },
  },
});
const sections = new Set(flags.only.split(','));
const RUNS = flags.quick ? 1 : 5;
const SSE_ROUNDS = flags.quick ? 1 : 3;
const SCENARIOS: readonly Scenario[] = [
  { name: 'unary 1 kB', bodyBytes: 1000, sse: null, rounds: 200 },
  { name: 'unary 60 kB', bodyBytes: 60_000, sse: null, rounds: 400 },
  { name: 'unary 200 kB', bodyBytes: 200_000, sse: null, rounds: 100 },
  { name: 'unary 1 MB', bodyBytes: 1_000_000, sse: null, rounds: 30 },
  { name: 'SSE 60 kB, 200 at 5 ms', bodyBytes: 60_000, sse: '200x5', rounds: SSE_ROUNDS },
  { name: 'SSE 60 kB, 200 unpaced', bodyBytes: 60_000, sse: '200x0', rounds: 8 * SSE_ROUNDS },
];
const MAIN = 'unary 60 kB';
const PACED = 'SSE 60 kB, 200 at 5 ms';
const ON = 'lunaroute';
const SCREEN = 'lunaroute, with the screen';
const OFF = 'lunaroute, not recording';
const PII =
  '  pii: {enabled: true, detect_email: true, detect_phone: true, detect_ip_address: true}';

const ms = (value: number): string => value.toFixed(3);

const all = await Targets.start();
const figures = new Figures();
const details: { latency: LatencyRow[]; load: LoadRow[] } = { latency: [], load: [] };
try {
  console.log(machine());
  const on = await all.lunaroute(ON);
  const targets = await compared(on);
  if (sections.has('latency')) await latency(targets);
  if (sections.has('load')) await load(targets);
  if (sections.has('recording')) await recording();
  if (sections.has('startup')) startUp(on);
} finally {
  await all.stop();
}
figures.print();
figures.compareWith(join(import.meta.dirname, 'baseline.json'));
if (flags.json) figures.save(flags.json, details);

async function compared(on: LunaRouteTarget): Promise<(Target | LunaRouteTarget)[]> {
  if (!sections.has('latency') && !sections.has('load')) return [];
  const nginx = await all.nginx();
  return [
    all.direct(),
    await all.pipe('net pipe', 'net-pipe.ts'),
    await all.pipe(YARDSTICK, 'pipe.ts'),
    ...(nginx === null ? [] : [nginx]),
    await all.lunaroute(OFF, { args: ['--no-recording'] }),
    await all.lunaroute('lunaroute, not redacting', {
      recording: '  secrets: {enabled: false}',
    }),
    on,
    await all.lunaroute('lunaroute, personal data, too', { recording: PII }),
    await all.lunaroute(SCREEN, { withScreen: true }),
  ];
}

async function latency(targets: readonly Target[]): Promise<void> {
  for (const scenario of SCENARIOS) {
    const rows = await measureLatency(targets, scenario, RUNS);
    details.latency.push(...rows);
    console.log(`\n${latencyTable(rows)}`);
  }
  const row = (scenario: string, metric: LatencyRow['metric'], target: string) =>
    details.latency.find(
      (r) => r.scenario === scenario && r.metric === metric && r.target === target,
    );
  const ttfb = row(MAIN, 'ttfb', ON);
  const delay = row(PACED, 'event delay', ON);
  const withScreen = row(PACED, 'event delay', SCREEN);
  figures.add('added TTFB p50, 60 kB', ttfb?.ratio.p50 ?? Number.NaN, '× pipe', { atMost: 0.8 });
  figures.add('added TTFB p99, 60 kB', ttfb?.ratio.p99 ?? Number.NaN, '× pipe', { atMost: 1.2 });
  figures.add('added per event p50', delay?.ratio.p50 ?? Number.NaN, '× pipe', { atMost: 1 });
  figures.add('added per event p99', delay?.ratio.p99 ?? Number.NaN, '× pipe', { atMost: 1.2 });
  figures.add(
    'per event p99, screen against headless',
    (withScreen?.absolute.p99 ?? Number.NaN) / (delay?.absolute.p99 ?? Number.NaN),
    '×',
    { atMost: 1.1 },
  );
}

function latencyTable(rows: readonly LatencyRow[]): string {
  const head = ['', 'p50 ms', 'added p50', 'p95', 'p99', '× pipe p50', 'p99', 'n'];
  const cells = rows.map(({ scenario, metric, target, absolute, added, ratio }) => [
    `${scenario} · ${metric} · ${target}`,
    ms(absolute.p50),
    ...(target === 'direct'
      ? ['-', '-', '-', '-', '-']
      : [ms(added.p50), ms(added.p95), ms(added.p99), ratio.p50.toFixed(2), ratio.p99.toFixed(2)]),
    String(absolute.samples),
  ]);
  return table(head, cells);
}

async function load(targets: readonly (Target | LunaRouteTarget)[]): Promise<void> {
  const plan = { bodyBytes: 60_000, seconds: flags.quick ? 0.5 : 2, runs: flags.quick ? 1 : 3 };
  for (const concurrency of [1, 8, 64]) {
    const rows = await measureLoad(targets, { ...plan, concurrency });
    details.load.push(...rows);
    console.log(`\n${loadTable(rows)}`);
  }
  const rate = (target: string) =>
    details.load.find((row) => row.concurrency === 64 && row.target === target)
      ?.requestsPerSecond ?? Number.NaN;
  figures.add('requests/s, 64 at once, 60 kB', rate(ON) / rate(YARDSTICK), '× pipe', {
    atLeast: 0.9,
  });
}

function loadTable(rows: readonly LoadRow[]): string {
  const head = [
    '60 kB',
    'at once',
    'requests/s',
    'CPU ms/request',
    'proxy',
    'recorder',
    'main',
    'other',
    'RSS MB',
    'queue MB',
  ];
  const cells = rows.map(({ target, concurrency, requestsPerSecond, cpu, ...row }) => [
    target,
    String(concurrency),
    requestsPerSecond.toFixed(0),
    ...(cpu === null
      ? ['-', '-', '-', '-', '-']
      : [cpuSum(cpu), cpu.proxy, cpu.recorder, cpu.main, cpu.other].map(ms)),
    row.residentMb?.toFixed(0) ?? '-',
    row.queueMb?.toFixed(1) ?? '-',
  ]);
  return table(head, cells);
}

async function recording(): Promise<void> {
  const seconds = flags.quick ? 3 : 20;
  const steady = await all.lunaroute('steady');
  figures.add('CPU at 100 requests/s of 60 kB', await steadyCpu(steady, 100, seconds), '%', {
    atMost: 15,
  });
  const { perSecond, firstHalfMb, secondHalfMb } = await recorderKeepsUp(steady, 300, seconds);
  figures.add('exchanges/s sent, growing 60 kB', perSecond, '/s', { atLeast: 297 });
  figures.add('queue at most, first half', firstHalfMb, 'MB');
  figures.add('queue at most, second half', secondHalfMb, 'MB', {
    atMost: Math.max(2, firstHalfMb * 1.5),
  });
  const exchanges = flags.quick ? 1000 : 10_000;
  const { earlyMb, endMb } = await memoryAfter(await all.lunaroute('memory'), exchanges);
  figures.add(`RSS after ${exchanges / 5} of 200 kB`, earlyMb, 'MB');
  figures.add(`RSS after ${exchanges} of 200 kB`, endMb, 'MB', { atMost: 150 });
}

function startUp(on: LunaRouteTarget): void {
  const bounds: Readonly<Record<string, number>> = {
    '--version': 80,
    env: 450,
    'sessions list': 200,
  };
  for (const { command, milliseconds } of measureStartUp(on, flags.quick ? 5 : 15)) {
    figures.add(`lunaroute ${command}`, milliseconds, 'ms', { atMost: bounds[command] ?? 0 });
  }
}
