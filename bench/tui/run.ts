// npm run bench:tui -- [--quick] [--json FILE]
// The screen's promises, measured on the built program in a real terminal (tmux), one figure a line
// with its bound; exit code 1 when one is missed. Figures of one run only can be compared.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureMemory } from './memory.ts';
import { measureMillion } from './million.ts';
import { TmuxTerminal } from './tmux-control.ts';
import { runTraffic, startProvider } from './traffic.ts';

const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } },
});
const LAUNCHER = join(import.meta.dirname, '../../bin/lunaroute.cjs');
const PORT = 24_481;
const SECONDS = flags.quick ? 8 : 20;
/** About four run at once, each with 11 events of progress a second: 50 events a second. */
const EXCHANGE_EVERY_MS = 400;

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bound: number | null;
}
const figures: Figure[] = [];

function figure(name: string, value: number, unit: string, bound: number | null = null): void {
  figures.push({ name, value, unit, bound });
  const verdict =
    bound === null ? '' : value <= bound ? `ok (at most ${bound})` : `MISSED (at most ${bound})`;
  console.log(`${name.padEnd(52)} ${value.toFixed(2).padStart(9)} ${unit.padEnd(5)} ${verdict}`);
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/** CPU seconds of a process's first thread: the one that draws. */
function threadCpu(pid: number): number {
  const fields =
    readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function environment(home: string): string {
  return `HOME=${home} LUNAROUTE_HOME=${home} PATH=${process.env['PATH']} TERM=xterm-256color`;
}

async function waitForScreen(terminal: TmuxTerminal, text: string): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) {
    if (terminal.screen().includes(text)) return;
    await sleep(50);
  }
  throw new Error(`the screen never showed ${text}:\n${terminal.screen()}`);
}

async function keyLatency(terminal: TmuxTerminal): Promise<number[]> {
  const latencies: number[] = [];
  for (let turn = 0; turn < 80; turn += 1) {
    await sleep(60 + Math.random() * 60);
    const answered = Promise.withResolvers<number>();
    const began = performance.now();
    // The marker of the selected row moves: only an answer to the key draws it.
    const stop = terminal.onOutput((text) => {
      if (text.includes('> ')) answered.resolve(performance.now() - began);
    });
    terminal.key(turn % 2 === 0 ? 'k' : 'j');
    latencies.push(await Promise.race([answered.promise, sleep(500).then(() => 500)]));
    stop();
  }
  return latencies;
}

async function measureScreen(upstream: string): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'lunaroute-bench-'));
  const terminal = new TmuxTerminal(
    'lunaroute-bench',
    { columns: 120, rows: 40 },
    `exec env ${environment(home)} ${process.execPath} ${LAUNCHER} --port ${PORT} --anthropic-base-url ${upstream}`,
  );
  try {
    await waitForScreen(terminal, 'Nothing has been recorded');
    const pid = terminal.pid();
    let bytes = 0;
    let output = '';
    terminal.onOutput((text) => {
      bytes += text.length;
      output += text;
    });
    await runTraffic(`http://127.0.0.1:${PORT}`, 100, 4);
    await sleep(1000);
    const [cpuBefore, bytesBefore] = [threadCpu(pid), bytes];
    const traffic = runTraffic(`http://127.0.0.1:${PORT}`, EXCHANGE_EVERY_MS, SECONDS);
    await sleep(SECONDS * 1000);
    figure('UI thread while busy, 120x40', ((threadCpu(pid) - cpuBefore) / SECONDS) * 100, '%', 5);
    figure('to the terminal while busy', (bytes - bytesBefore) / SECONDS / 1000, 'kB/s', 25);
    await traffic;
    const busy = runTraffic(`http://127.0.0.1:${PORT}`, EXCHANGE_EVERY_MS, 14);
    const latencies = await keyLatency(terminal);
    figure('key to screen while busy, p50', percentile(latencies, 0.5), 'ms', 20);
    figure('key to screen while busy, p95', percentile(latencies, 0.95), 'ms', 60);
    await busy;
    figure(
      'full-screen clears after the first frame',
      (output.match(/\u001b\[[023]?J/g) ?? []).length,
      '',
      0,
    );
    await sleep(62_000);
    const idleBefore = threadCpu(pid);
    await sleep(10_000);
    figure('UI thread while idle', ((threadCpu(pid) - idleBefore) / 10) * 100, '%', 0.5);
  } finally {
    terminal.stop();
    await sleep(500);
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Medians of the rounds: a hiccup of the machine is in one round, a delay by the screen in all. */
function reportDelay(name: string, share: number, rounds: [number[][], number[][]]): void {
  const [withScreen, without] = rounds.map((of) =>
    percentile(
      of.map((delays) => percentile(delays, share)),
      0.5,
    ),
  );
  const more = ((withScreen ?? 0) / (without ?? 1) - 1) * 100;
  figure(`delay of a streamed event, headless, ${name}`, without ?? 0, 'ms');
  figure(`delay of a streamed event, with the screen, ${name}`, withScreen ?? 0, 'ms');
  figure(`  more than headless, ${name}`, more, '%', 10);
}

/** The same traffic through a server with the screen and one without, turn by turn. */
async function measureDelay(upstream: string): Promise<void> {
  const homes = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'lunaroute-bench-')));
  const [screenHome = '', headlessHome = ''] = homes;
  const terminal = new TmuxTerminal(
    'lunaroute-delay',
    { columns: 120, rows: 40 },
    `exec env ${environment(screenHome)} ${process.execPath} ${LAUNCHER} --port ${PORT + 1} --anthropic-base-url ${upstream}`,
  );
  const headless = spawn(
    process.execPath,
    [LAUNCHER, '--headless', '--port', String(PORT + 2), '--anthropic-base-url', upstream],
    {
      env: { PATH: process.env['PATH'], HOME: headlessHome, LUNAROUTE_HOME: headlessHome },
      stdio: 'ignore',
    },
  );
  try {
    await waitForScreen(terminal, 'Nothing has been recorded');
    await sleep(1000);
    const rounds: [number[][], number[][]] = [[], []];
    for (let round = 0; round < (flags.quick ? 4 : 12); round += 1) {
      for (const index of round % 2 === 0 ? [0, 1] : [1, 0]) {
        const measured = await runTraffic(`http://127.0.0.1:${PORT + 1 + index}`, 200, 3);
        if (round > 0) rounds[index]?.push(measured);
      }
    }
    for (const share of [0.5, 0.99]) reportDelay(`p${share * 100}`, share, rounds);
  } finally {
    terminal.stop();
    headless.kill();
    await sleep(500);
    for (const home of homes) rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

function measureHistory(): void {
  const count = flags.quick ? 100_000 : 1_000_000;
  const { opened, search } = measureMillion(count);
  for (const { name, median } of opened) {
    figure(`open ${name}, ${count} stored`, median, 'ms', 100);
  }
  figure(`fuzzy search, ${count} stored, p50`, percentile(search, 0.5), 'ms');
  figure(`fuzzy search, ${count} stored, p95`, percentile(search, 0.95), 'ms', 100);
}

const provider = await startProvider();
await measureScreen(provider.url);
await measureDelay(provider.url);
provider.stop();
const memory = await measureMemory(flags.quick ? 40_000 : 100_000);
figure('memory of the screen before', memory.beforeMb, 'MB');
figure(
  `memory growth over ${memory.exchanges} exchanges`,
  memory.afterMb - memory.beforeMb,
  'MB',
  20,
);
measureHistory();
if (flags.json !== undefined) {
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  writeFileSync(
    flags.json,
    `${JSON.stringify({ commit, node: process.version, figures }, null, 2)}\n`,
  );
}
process.exitCode = figures.some(({ value, bound }) => bound !== null && value > bound) ? 1 : 0;
