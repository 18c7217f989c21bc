// npm run bench:web -- [--exchanges N] [--sessions N] [--runs N] [--idle SECONDS] [--keep FOLDER] [--json FILE]
// The real page in a real browser on a large history: how long each page takes from the navigation until
// its content is drawn (a new browser profile each time, nothing cached; limit 1,000 ms), how much
// JavaScript it loads (limit 300 kB gzipped), and what an open page costs while nothing happens (limit
// 1 % of a core, page and server each).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { startBrowser } from '../../test/helpers/browser.ts';
import { Figures, machine } from '../figures.ts';
import { serveHistory } from '../history/serve.ts';
import { cpuSince, cpuSum, threadCpu } from '../process.ts';
import { median } from '../stats.ts';

const { values: flags } = parseArgs({
  options: {
    exchanges: { type: 'string', default: '1000000' },
    sessions: { type: 'string', default: '100000' },
    runs: { type: 'string', default: '5' },
    idle: { type: 'string', default: '60' },
    keep: { type: 'string' },
    json: { type: 'string' },
  },
});
const SHOWN_MS = 1000;
const SCRIPT_KB = 300;
const IDLE_SHARE = 1;
/** Days of a large history are added up after the start, in small steps. */
const WARM_MS = 30_000;
const runs = Number(flags.runs);
const size = { exchanges: Number(flags.exchanges), sessions: Number(flags.sessions) };
const somewhere = (total: number, run: number): number => 1 + ((run * 104_729 + 17) % total);

/** A page, and what must be there once it shows what was asked. */
interface View {
  readonly name: string;
  readonly path: (run: number) => string;
  readonly content: string;
}
const MODELS = 'section[aria-label="Models"] td';
const VIEWS: readonly View[] = [
  { name: 'Dashboard, today', path: () => '/', content: MODELS },
  { name: 'Dashboard, 30 days', path: () => '/?range=30d', content: MODELS },
  { name: 'Sessions', path: () => '/sessions', content: 'main [data-row]' },
  {
    name: 'Sessions, filtered and sorted',
    path: (run) => `/sessions?q=schema1${run}&sort=cost`,
    content: 'main [data-row]',
  },
  {
    name: 'Session',
    path: (run) => `/sessions/session-${somewhere(size.sessions, run)}`,
    content: 'main [data-row]',
  },
  {
    name: 'Exchange (200 kB, 200 messages)',
    path: (run) => `/exchanges/exchange-${`${somewhere(size.exchanges, run)}`.padStart(8, '0')}`,
    content: '.conversation .said',
  },
  { name: 'Search', path: (run) => `/search?q=number+${run + 2}7*`, content: '.hits mark' },
  { name: 'Analytics, 7 days', path: () => '/analytics', content: MODELS },
  { name: 'Analytics, 30 days', path: () => '/analytics?range=30d', content: MODELS },
  { name: 'Settings', path: () => '/settings', content: '.settings li' },
];

const figures = new Figures();
console.log(machine());
const server = await serveHistory(flags.keep ?? null, size);
const browser = await startBrowser();
try {
  console.log(
    `Chromium ${browser.version()}; ${size.exchanges} exchanges, ${size.sessions} sessions`,
  );
  await sleep(WARM_MS);
  for (const view of VIEWS) await measure(view);
  const scripts = await loadedScripts(browser, '/');
  figures.add('JavaScript of the first page, gzipped', scripts, 'kB', { atMost: SCRIPT_KB });
  await measureIdle();
  figures.print();
  if (flags.json !== undefined) figures.save(flags.json, { size });
} finally {
  await browser.close();
  server.stop();
}

async function measure({ name, path, content }: View): Promise<void> {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.goto(server.url + path(run), { waitUntil: 'commit' });
    // The page's own clock begins with the navigation; this is looked at before each frame.
    const shown = await page.waitForFunction(
      (selector) =>
        document.querySelector(selector) !== null && document.querySelector('.loading') === null
          ? performance.now()
          : 0,
      content,
      { polling: 'raf', timeout: 30_000 },
    );
    times.push(await shown.jsonValue());
    await context.close();
  }
  console.error(name, ...times.map((time) => time.toFixed(0)));
  figures.add(`${name}, median`, median(times), 'ms', { atMost: SHOWN_MS });
  figures.add(`${name}, max`, Math.max(...times), 'ms', { atMost: SHOWN_MS });
}

/** kB of the scripts that a page has asked for once it stands, each compressed by itself. */
async function loadedScripts(from: Browser, path: string): Promise<number> {
  const page = await from.newPage();
  const scripts = new Set<string>();
  page.on('request', (request) => {
    if (request.resourceType() === 'script') scripts.add(request.url());
  });
  await page.goto(server.url + path);
  await page.locator(MODELS).first().waitFor();
  await page.locator('.charts canvas').first().waitFor();
  await page.close();
  let bytes = 0;
  for (const url of scripts) {
    const answer = await fetch(url);
    bytes += gzipSync(Buffer.from(await answer.arrayBuffer())).length;
  }
  return bytes / 1000;
}

/** Shares of a core: the page's processes, and the server with all its threads. */
async function measureIdle(): Promise<void> {
  const seconds = Number(flags.idle);
  const page = await browser.newPage();
  await page.goto(server.url);
  await page.locator(MODELS).first().waitFor();
  await sleep(5000);
  const pages = renderers();
  const before = pages.map(threadCpu);
  const serverBefore = threadCpu(server.pid);
  await sleep(seconds * 1000);
  const share = (ms: number): number => ms / (seconds * 10);
  const ofPages = pages.map((pid, index) => cpuSince(pid, before[index] ?? threadCpu(pid)));
  const idle = { atMost: IDLE_SHARE };
  figures.add(
    `idle for ${seconds} s, the page (renderer)`,
    share(ofPages.reduce((sum, cpu) => sum + cpuSum(cpu), 0)),
    '% of a core',
    idle,
  );
  const ofServer = share(cpuSum(cpuSince(server.pid, serverBefore)));
  figures.add(`idle for ${seconds} s, the server`, ofServer, '% of a core', idle);
  await page.close();
}

/** The renderer processes of the browser that this process has started. */
function renderers(): number[] {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const parents = new Map(processes.map((pid) => [pid, parentOf(pid)]));
  const isOurs = (pid: number | null | undefined): boolean =>
    typeof pid === 'number' && pid > 1 && (pid === process.pid || isOurs(parents.get(pid)));
  return processes.filter((pid) => isOurs(pid) && read(pid, 'cmdline').includes('--type=renderer'));
}

function parentOf(pid: number): number | null {
  const [, parent] = /\) \S (\d+) /.exec(read(pid, 'stat')) ?? [];
  return parent === undefined ? null : Number(parent);
}

function read(pid: number, name: string): string {
  try {
    return readFileSync(join('/proc', String(pid), name), 'utf8');
  } catch {
    // It ended meanwhile.
    return '';
  }
}
