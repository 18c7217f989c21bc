// A real Prometheus scrapes the built program; the dashboard's queries and the alerts' metrics exist.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, inTurn, sendTurn } from '../helpers/anthropic-provider.ts';
import {
  cleanEnv,
  freePort,
  type RunningServer,
  startServer,
  tempHome,
  until,
} from '../helpers/program.ts';
import { type ScriptedProvider, startScriptedProvider } from '../helpers/scripted-provider.ts';

const hasPrometheus = spawnSync('prometheus', ['--version']).status === 0;
const DEPLOY = join(import.meta.dirname, '../../deploy');
const NAMES = [
  'requests_total',
  'requests_success_total',
  'requests_failure_total',
  'request_duration_seconds',
  'request_in_flight',
  'ttft_seconds',
  'stream_chunk_interval_seconds',
  'stream_duration_seconds',
  'streams_total',
  'streams_aborted_total',
  'tokens_input_total',
  'tokens_output_total',
  'tokens_reasoning_total',
  'tokens_cache_read_total',
  'tokens_cache_write_total',
  'tokens_total',
  'cost_usd_total',
  'tool_calls_total',
  'tool_failures_total',
  'tool_duration_seconds',
  'proxy_overhead_seconds',
  'provider_latency_seconds',
  'upstream_connections',
  'upstream_retries_total',
  'recorder_queue_bytes',
  'recorder_dropped_total',
  'recorder_batch_seconds',
  'ws_connections',
  'ws_frames_total',
  'redactions_total',
  'store_bytes',
  'build_info',
];

const ANSWERS: readonly Answer[] = [
  {
    pieces: ['one', 'two', 'three'],
    pieceMs: 5,
    tool: { id: 'toolu_1', name: 'Bash', input: { command: 'ls' } },
    usage: { input_tokens: 10, output_tokens: 20, cache_read_input_tokens: 100 },
    headers: {
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '10',
    },
  },
  { status: 529 },
  { isCut: true, pieces: ['half', ' an answer'], pieceMs: 5 },
  {},
];

const home = tempHome();
let provider: ScriptedProvider;
let server: RunningServer;
let metricsUrl = '';

beforeAll(async () => {
  provider = await startScriptedProvider(inTurn(ANSWERS));
  const port = await freePort();
  metricsUrl = `http://127.0.0.1:${port}/metrics`;
  mkdirSync(join(home.path, '.lunaroute'), { recursive: true, mode: 0o700 });
  writeFileSync(
    join(home.path, '.lunaroute/config.yaml'),
    `providers: {anthropic: {base_url: "${provider.url}"}}\nmetrics: {enabled: true, port: ${port}}\n`,
  );
  server = await startServer(cleanEnv(home.path));
  const user = { role: 'user', content: 'list the files' };
  const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'nope', is_error: true };
  await sendTurn(server.url, { messages: [user] });
  for (let turn = 0; turn < 3; turn += 1) {
    const asked = {
      role: 'assistant',
      content: [{ type: 'tool_use', id: 'toolu_1', name: 'Bash', input: {} }],
    };
    await sendTurn(server.url, { messages: [user, asked, { role: 'user', content: [result] }] });
  }
  // The metrics' port opens a moment after the proxy's.
  await until('all four exchanges', async () =>
    sum(await scrape().catch(() => ''), 'lunaroute_requests_total') === 4 ? true : undefined,
  );
});

afterAll(async () => {
  await server.stop();
  await provider.stop();
  home.remove();
});

async function scrape(): Promise<string> {
  return await (await fetch(metricsUrl)).text();
}

/** All series of a counter together. */
function sum(text: string, name: string): number {
  const values = [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? ([0-9.e+-]+)$`, 'gm'))];
  return values.reduce((total, [, value]) => total + Number(value), 0);
}

describe('/metrics', () => {
  it('has every metric, with what really happened', async () => {
    const text = await scrape();
    const missing = NAMES.filter((name) => !text.includes(`# TYPE lunaroute_${name} `));
    expect(missing).toEqual([]);
    expect(sum(text, 'lunaroute_requests_success_total')).toBe(2);
    expect(sum(text, 'lunaroute_requests_failure_total')).toBe(2);
    expect(sum(text, 'lunaroute_streams_aborted_total')).toBe(1);
    expect(sum(text, 'lunaroute_tokens_input_total')).toBe(110 + 10 + 10);
    expect(sum(text, 'lunaroute_tokens_cache_read_total')).toBe(100);
    expect(sum(text, 'lunaroute_tool_calls_total')).toBe(1);
    expect(sum(text, 'lunaroute_tool_failures_total')).toBe(1);
    expect(sum(text, 'lunaroute_tool_duration_seconds_count')).toBe(1);
    expect(sum(text, 'lunaroute_request_in_flight')).toBe(0);
    expect(sum(text, 'lunaroute_rate_limit_used_ratio')).toBeCloseTo(0.8);
    expect(sum(text, 'lunaroute_upstream_connections')).toBeGreaterThanOrEqual(1);
    expect(sum(text, 'lunaroute_recorder_batch_seconds_count')).toBeGreaterThan(0);
    expect(sum(text, 'lunaroute_store_bytes')).toBeGreaterThan(0);
    expect(sum(text, 'lunaroute_redactions_total')).toBeGreaterThanOrEqual(4);
    expect(text).not.toContain('session-1');
  });

  it('refuses strange hosts and web pages', async () => {
    const page = await fetch(metricsUrl, { headers: { origin: 'http://attacker.example' } });
    expect(page.status).toBe(403);
    expect((await fetch(metricsUrl.replace('/metrics', '/'))).status).toBe(404);
  });

  it.runIf(hasPrometheus)('is what promtool accepts, and the alert rules are', async () => {
    const check = spawnSync('promtool', ['check', 'metrics'], { input: await scrape() });
    expect([check.status, check.stdout.toString(), check.stderr.toString()]).toEqual([0, '', '']);
    const rules = spawnSync('promtool', ['check', 'rules', join(DEPLOY, 'prometheus/alerts.yml')]);
    expect(rules.status).toBe(0);
    const config = join(DEPLOY, 'prometheus/prometheus.yml');
    expect(spawnSync('promtool', ['check', 'config', config]).status).toBe(0);
  });
});

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

function dashboardQueries(): string[] {
  const text = readFileSync(join(DEPLOY, 'grafana/lunaroute.json'), 'utf8');
  const dashboard: Dashboard = JSON.parse(text);
  return dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
}

describe('dashboard and alerts', () => {
  it('name only metrics that exist', async () => {
    const text = await scrape();
    const alerts = readFileSync(join(DEPLOY, 'prometheus/alerts.yml'), 'utf8');
    const used = [...dashboardQueries(), alerts].join('\n').matchAll(/lunaroute_[a-z_]+/g);
    const unknown = [...used]
      .map(([name]) => name.replace(/_(bucket|sum|count)$/, ''))
      .filter((name) => !text.includes(`# TYPE ${name} `));
    expect(unknown).toEqual([]);
  });

  it.runIf(hasPrometheus)(
    'get data for every query from a real Prometheus',
    async () => {
      const port = await freePort();
      const config = join(home.path, 'prometheus.yml');
      const target = new URL(metricsUrl).host;
      writeFileSync(
        config,
        `global: {scrape_interval: 500ms}\nscrape_configs:\n- job_name: lunaroute\n  static_configs: [{targets: ["${target}"]}]\n`,
      );
      const child = spawn(
        'prometheus',
        [
          `--config.file=${config}`,
          `--storage.tsdb.path=${join(home.path, 'tsdb')}`,
          `--web.listen-address=127.0.0.1:${port}`,
        ],
        { stdio: 'ignore' },
      );
      try {
        for (const expr of dashboardQueries()) {
          await until(`data for ${expr}`, () => hasData(port, expr), 30_000);
        }
      } finally {
        const ended = new Promise((resolve) => child.once('close', resolve));
        child.kill();
        await ended;
      }
    },
    60_000,
  );
});

async function hasData(port: number, expr: string): Promise<true | undefined> {
  const query = expr
    .replaceAll('$__rate_interval', '1m')
    .replaceAll('$__range', '5m')
    .replaceAll(/\$(provider|model)/g, '.*');
  const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`;
  const answer = await fetch(url).catch(() => undefined);
  const body: { status?: string; data?: { result?: unknown[] } } =
    answer === undefined || answer.status === 503 ? {} : JSON.parse(await answer.text());
  if (answer?.status === 400) throw new Error(`Prometheus refuses ${query}`);
  return body.status === 'success' && (body.data?.result?.length ?? 0) > 0 ? true : undefined;
}
