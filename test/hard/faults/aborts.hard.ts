// Faults: clients that leave, in every phase, by FIN and by reset. The provider is cut off, the record
// says so, and nothing stays behind: no socket, no timer, no file handle.
import { rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Presence } from '../../../src/proxy/presence.ts';
import { report, sized } from '../../helpers/hard.ts';
import { tempHome, until } from '../../helpers/program.ts';
import { closedPort } from '../../helpers/proxy-upstream.ts';
import { waitFor } from '../../helpers/proxy-wait.ts';
import { byteClient } from '../helpers/byte-client.ts';
import { type ByteProvider, startByteProvider } from '../helpers/byte-provider.ts';
import { HandleCounter, probeEnv } from '../helpers/handles.ts';
import { type HardServer, startHardServer, untilRecorded } from '../helpers/hard-server.ts';
import { PHASES, type Phase } from './abort-phases.ts';

const ABORTS = sized(168, 10_000);
const AT_ONCE = 12;
const PATIENCE_MS = 60_000;
const PROMISED_MS = 1000;

let provider: ByteProvider;
let server: HardServer;
let handles: HandleCounter;
const probe = tempHome();
const presence = new Presence();
/** The provider's side of each request, by its number. */
const sockets = new Map<string, Socket>();
const cancelMs: number[] = [];
const counts = { aborted: 0, cancelled: 0, late: 0, recorded: 0, expected: 0 };
const lateIn = new Set<string>();
let text = { before: '', after: '' };

beforeAll(async () => {
  provider = await startByteProvider({
    onHead: (head, socket) => {
      const [, phase, number] = /[?&]phase=(\d+)&n=(\w+)/.exec(head) ?? [];
      const script = PHASES[Number(phase)]?.provider;
      if (number === undefined || script === undefined) return false;
      sockets.set(number, socket);
      script(socket);
      return true;
    },
    onRequest: (_request, socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    },
  });
  server = await startHardServer(provider.url, {
    env: { ...probeEnv(probe.path), LUNAROUTE_OPENAI_BASE_URL: '' },
    config: `max_buffered_body_mb: 1
providers:
  openai: { base_url: "http://127.0.0.1:${await closedPort()}", http_client: { max_retries: 20 } }
`,
  });
  handles = new HandleCounter(server, probe.path);
});

afterAll(async () => {
  await server.close();
  await provider.stop();
  rmSync(probe.path, { recursive: true, force: true });
  const sorted = cancelMs.toSorted((a, b) => a - b);
  report('faults, clients that leave', {
    'phases tried': PHASES.length,
    'clients left': counts.aborted,
    'providers cut off': counts.cancelled,
    'later than 1 s': counts.late,
    'which were': [...lateIn].join(' and ') || 'none',
    'ms to the cut, p50': Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0),
    'ms to the cut, max': Math.round(sorted.at(-1) ?? 0),
    'exchanges expected': counts.expected,
    'exchanges found': counts.recorded,
    'handles before': text.before,
    'handles after': text.after,
  });
});

async function abort(phase: Phase, number: string): Promise<void> {
  const client = await byteClient(server.port);
  const query = `?phase=${PHASES.indexOf(phase)}&n=${number}`;
  if (phase.readsNothing) client.socket.pause();
  client.send(
    phase.send
      .replace('{t}', `/v1/messages${query}`)
      .replace('{q}', query)
      .replace('{host}', `127.0.0.1:${server.port}`),
  );
  if (phase.bulk !== undefined) client.send(Buffer.alloc(phase.bulk));
  if (phase.waitsFor !== undefined) await client.untilText(phase.waitsFor);
  const isThere = (): Socket | undefined => sockets.get(number);
  const upstream = phase.isLocal ? null : await waitFor(isThere, `${phase.name}: the provider`);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
  const left = performance.now();
  if (counts.aborted % 2 === 0) client.close();
  else client.socket.resetAndDestroy();
  counts.aborted += 1;
  counts.expected += phase.outcome === null ? 0 : 1;
  if (upstream !== null) await untilCut(upstream, phase, left);
}

/** A provider that does not read sees no end, but the kernel knows it. */
async function untilCut(upstream: Socket, phase: Phase, left: number): Promise<void> {
  const what = `${phase.name}: the provider to be cut off`;
  const isGone = async (): Promise<true | undefined> =>
    (await presence.departed([upstream])).length > 0 || undefined;
  if (upstream.isPaused()) await until(what, isGone, PATIENCE_MS);
  else await waitFor(() => upstream.closed, what, PATIENCE_MS);
  const took = performance.now() - left;
  cancelMs.push(took);
  counts.cancelled += 1;
  if (took > PROMISED_MS) {
    counts.late += 1;
    lateIn.add(phase.name);
  }
  upstream.destroy();
}

async function abortMany(count: number, label: string): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      const phase = PHASES[index % PHASES.length];
      if (phase !== undefined) await abort(phase, `${label}${index}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

it('leave nothing behind', async () => {
  await abortMany(PHASES.length * 3, 'w');
  const before = await handles.count();
  await abortMany(ABORTS, 'n');
  const after = await until(
    'the handles to be those of before',
    async () => {
      const now = await handles.count();
      text = { before: JSON.stringify(before), after: JSON.stringify(now) };
      const isBack =
        now.files <= before.files + 2 &&
        now.timers <= before.timers + 5 &&
        now.sockets <= before.sockets + 5 &&
        now.requests <= before.requests + 5;
      return isBack ? now : undefined;
    },
    PATIENCE_MS,
  );
  expect(after.files).toBeGreaterThan(0);
  expect(counts.cancelled).toBeGreaterThan(ABORTS / 2);
  const rows = await untilRecorded(server.home.path, counts.expected);
  counts.recorded = rows.length;
  const wrong = rows.filter(({ outcome, target }) => {
    const phase = PHASES[Number(/phase=(\d+)/.exec(target)?.[1])];
    return outcome !== phase?.outcome;
  });
  expect([rows.length, wrong]).toEqual([counts.expected, []]);
});
