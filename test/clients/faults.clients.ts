// What a client sees when something breaks is the same with LunaRoute in between as without.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type ClientRun,
  claude,
  clearLog,
  codex,
  configureProviders,
  type Logged,
  readLog,
  withoutChance,
} from '../helpers/clients.ts';
import { type FakeProvider, startFakeProvider } from '../helpers/fake-provider.ts';
import {
  cleanEnv,
  type RunningServer,
  startServer,
  type TempHome,
  tempHome,
  until,
} from '../helpers/program.ts';

let home: TempHome;
let provider: FakeProvider;
let server: RunningServer;
let log: string;

beforeEach(async () => {
  home = tempHome();
  log = join(home.path, 'fake.jsonl');
  provider = await startFakeProvider(log);
  configureProviders(home.path, provider.url);
  server = await startServer(cleanEnv(home.path));
});

afterEach(async () => {
  await server.stop();
  provider.stop();
  home.remove();
});

interface Seen {
  readonly code: number | null;
  readonly output: string;
  /** What reached the provider, in order. */
  readonly requests: readonly string[];
}

async function see(
  run: (port: number) => Promise<ClientRun>,
  port: number,
  fault: object,
): Promise<Seen> {
  await fetch(`${provider.url}/__fake`, { method: 'POST', body: JSON.stringify(fault) });
  clearLog(log);
  const { code, output } = await run(port);
  const requests = readLog(log).filter(
    ({ kind, url }) => kind !== 'ws-end' && kind !== 'connect' && url !== '/__fake',
  );
  return { code, output: withoutChance(output, port), requests: requests.map(requestText) };
}

function requestText({ kind, method, url, status, body }: Logged): string {
  return [kind, method, url, status, body?.type, body?.generate]
    .filter((word) => word !== undefined)
    .join(' ');
}

const DETAILS = { ERR: '4000', JSON: '1', TMO: '60' };
const byCodex = (port: number) => codex(port, { MODE: 'cfg', ...DETAILS });

test.each<[string, object, (port: number) => Promise<ClientRun>]>([
  ['Codex: nothing', { mode: 'normal', ws: 'accept' }, byCodex],
  [
    'Codex: the provider dies in the middle of a turn over WebSocket',
    { mode: 'cut', ws: 'accept' },
    byCodex,
  ],
  [
    'Codex: the provider dies in the middle of a turn over HTTP',
    { mode: 'cut', ws: '426' },
    byCodex,
  ],
  ['Codex: the upgrade is refused with 426', { mode: 'normal', ws: '426' }, byCodex],
  ['Codex: the upgrade is refused with 404', { mode: 'normal', ws: '404' }, byCodex],
  ['Codex: 401 on the upgrade', { mode: 'normal', ws: '401' }, byCodex],
  ['Codex: 429 on the upgrade', { mode: 'normal', ws: '429' }, byCodex],
  ['Codex: 429 over HTTP', { mode: '429once', ws: '426' }, byCodex],
  [
    'Claude Code: the provider dies in the middle of a turn',
    { mode: 'cut' },
    (port) => claude(port),
  ],
  ['Claude Code: an error inside the stream', { mode: 'sse-error' }, (port) => claude(port)],
  ['Claude Code: 529', { mode: '529once' }, (port) => claude(port)],
])('%s', async (_name, fault, run) => {
  const direct = await see(run, Number(new URL(provider.url).port), fault);
  const through = await see(run, server.port, fault);
  expect(through).toEqual(direct);
});

/** Counts the turns that reached the provider: requests over HTTP and messages over WebSocket. */
async function turnsBegun(): Promise<number> {
  const answer = await fetch(`${provider.url}/__fake`);
  const { counts } = (await answer.json()) as { counts: Record<string, number> };
  const byHttp = Object.entries(counts)
    .filter(([name]) => /^POST .*\/(messages|responses)$/.test(name))
    .reduce((sum, [, count]) => sum + count, 0);
  const byWebSocket = readLog(log).filter(
    ({ kind, body }) => kind === 'ws-message' && body?.generate !== false,
  );
  return byHttp + byWebSocket.length;
}

/** Kills the provider's process while it streams the first turn; another takes its port afterwards. */
async function seeKilled(
  run: (port: number) => Promise<ClientRun>,
  port: number,
  args: readonly string[],
): Promise<Omit<Seen, 'requests'>> {
  const upstreamPort = Number(new URL(provider.url).port);
  provider.stop();
  clearLog(log);
  provider = await startFakeProvider(log, ['--mode', 'slow', ...args], upstreamPort);
  const running = run(port);
  await until('the first turn', async () => ((await turnsBegun()) > 0 ? true : undefined));
  await new Promise((resolve) => setTimeout(resolve, 700));
  await provider.kill();
  provider = await startFakeProvider(log, args, upstreamPort);
  const { code, output } = await running;
  return { code, output: withoutChance(output, port) };
}

test.each<[string, readonly string[], (port: number) => Promise<ClientRun>]>([
  ['Claude Code', [], (port) => claude(port)],
  ['Codex over WebSocket', ['--ws', 'accept'], byCodex],
  ['Codex over HTTP', ['--ws', '426'], byCodex],
])(
  '%s: the process of the provider is killed in the middle of a turn',
  async (_name, args, run) => {
    const direct = await seeKilled(run, Number(new URL(provider.url).port), args);
    const through = await seeKilled(run, server.port, args);
    expect(through).toEqual(direct);
    expect(through.code).toBe(0);
  },
);
