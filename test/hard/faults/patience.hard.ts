// Faults: a provider that takes its time. Ten minutes to the first byte, a stream of more than ten, and a
// silence without end, under the limits that LunaRoute has by default. The long form takes the real time;
// in the short one the proxy's clock is the test's (pretence.ts).
import type http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { report, sized } from '../../helpers/hard.ts';
import { until } from '../../helpers/program.ts';
import { type Answer, call } from '../../helpers/proxy-client.ts';
import { type ScriptedProvider, startScriptedProvider } from '../../helpers/scripted-provider.ts';
import { answerPieces } from '../helpers/agents.ts';
import { type HardServer, startHardServer, untilRecorded } from '../helpers/hard-server.ts';
import { makeProxyClock } from '../helpers/pretence-env.ts';

const HAS_REAL_TIME = sized(0, 1) === 1;
/** The limit on silence is 600 s. */
const ALMOST_TEN_MINUTES_MS = 594_000;
const PAUSE_MS = 30_000;
const LONG_AFTER_MS = 1_400_000;
const PIECES = answerPieces('slow', 6);
const KINDS = ['first', 'stream', 'stops', 'never'] as const;
type Kind = (typeof KINDS)[number];

const counts = { run: 0, survived: 0, minutes: 0, bytes: 0, found: 0 };
const clock = makeProxyClock();
const waiting = new Map<string, http.ServerResponse>();
let provider: ScriptedProvider;
let server: HardServer;

beforeAll(async () => {
  provider = await startScriptedProvider(({ url }, res) => {
    waiting.set(/time=(\w+)/.exec(url)?.[1] ?? '', res);
  });
  server = await startHardServer(provider.url, HAS_REAL_TIME ? {} : { env: clock.env });
});

afterAll(async () => {
  await server.close();
  await provider.stop();
  clock.remove();
  report('faults, a provider that takes its time', {
    'cases run': counts.run,
    'faults survived': counts.survived,
    'longest exchange (minutes)': counts.minutes,
    'in real time': HAS_REAL_TIME ? 'yes' : 'no',
    'bytes compared': counts.bytes,
    'exchanges sent': counts.run,
    'exchanges found': counts.found,
  });
});

async function ask(kind: Kind): Promise<Answer> {
  counts.run += 1;
  const target = `/v1/messages?time=${kind}`;
  const answer = await call(server.port, { method: 'POST', path: target, body: '{}' });
  counts.bytes += answer.body.length;
  return answer;
}

it('ten minutes to the first byte, a longer stream, and silence without end', async () => {
  const [first, stream, stops, never] = KINDS.map(ask);
  const answers = await until('all to be asked', () =>
    waiting.size === KINDS.length ? waiting : undefined,
  );
  const startedAt = performance.now();
  const passTo = async (ms: number): Promise<unknown> =>
    HAS_REAL_TIME ? sleep(ms - (performance.now() - startedAt)) : clock.advanceTo(ms);
  const say = (kind: Kind, text = ''): unknown => {
    const res = answers.get(kind);
    if (!res?.headersSent) res?.writeHead(200, { 'content-type': 'text/event-stream' });
    return res?.write(text);
  };
  for (const kind of ['stream', 'stops'] as const) say(kind, PIECES[0]);
  await passTo(ALMOST_TEN_MINUTES_MS);
  say('first', PIECES.join(''));
  answers.get('first')?.end();
  expect(await first).toMatchObject({ status: 200, wasCut: false, body: whole() });
  counts.survived += 1;
  for (const [index, piece] of PIECES.slice(1).entries()) {
    say('stream', piece);
    await passTo(ALMOST_TEN_MINUTES_MS + (index + 1) * PAUSE_MS);
  }
  counts.minutes = (ALMOST_TEN_MINUTES_MS + (PIECES.length - 1) * PAUSE_MS) / 60_000;
  answers.get('stream')?.end();
  expect(await stream).toMatchObject({ status: 200, wasCut: false, body: whole() });
  counts.survived += 1;
  if (!HAS_REAL_TIME) await passTo(LONG_AFTER_MS);
  const part = Buffer.from(PIECES[0] ?? '');
  expect(await stops).toMatchObject({ status: 200, wasCut: true, body: part });
  const refused = await never;
  expect([refused?.status, refused?.header('x-lunaroute-error')]).toEqual([504, 'headers-timeout']);
  expect(refused?.body.toString()).toContain('timeout_secs');
  counts.survived += 2;
});

function whole(): Buffer {
  return Buffer.from(PIECES.join(''));
}

it('each was sent once, and is recorded', async () => {
  const rows = await untilRecorded(server.home.path, counts.run);
  counts.found = rows.length;
  expect(provider.requests).toHaveLength(counts.run);
  const ends = rows.map(({ target, outcome, errorCode }) => `${target} ${outcome} ${errorCode}`);
  expect(ends.map((end) => end.replace(/^.*time=/, '')).sort()).toEqual([
    'first completed null',
    'never failed headers-timeout',
    'stops incomplete idle-timeout',
    'stream completed null',
  ]);
});
