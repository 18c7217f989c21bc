// Faults: a provider behind a fault proxy that splits, delays, cuts and resets at any byte of an answer
// or of a request. What the client gets is the very answer, or visibly not whole: never a clean end that
// the provider did not make, never a second delivery of a POST; the record agrees.
import { createHash, randomBytes } from 'node:crypto';
import net, { type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { report, sized } from '../../helpers/hard.ts';
import { call } from '../../helpers/proxy-client.ts';
import { type ScriptedProvider, startScriptedProvider } from '../../helpers/scripted-provider.ts';
import { type HardServer, startHardServer, untilRecorded } from '../helpers/hard-server.ts';

const EXCHANGES = sized(240, 5000);
const AT_ONCE = 6;

interface Fault {
  readonly kind: 'none' | 'fin' | 'reset' | 'split' | 'reset before' | 'close at once';
  /** Bytes of the answer that pass before it strikes. */
  readonly after: number;
}

const KINDS: readonly Fault['kind'][] = [
  'none',
  'fin',
  'reset',
  'split',
  'reset before',
  'close at once',
];
const counts = { run: 0, whole: 0, cut: 0, refused: 0, bytes: 0, found: 0, twice: 0 };
const answers = new Map<string, Buffer>();
const faults = new Map<string, Fault>();
const hits = new Map<string, number>();
let provider: ScriptedProvider;
let proxy: net.Server;
let server: HardServer;

beforeAll(async () => {
  provider = await startScriptedProvider(({ url }, res) => {
    hits.set(url, (hits.get(url) ?? 0) + 1);
    const body = answers.get(url) ?? Buffer.alloc(0);
    res.writeHead(200, {
      'content-type': 'application/octet-stream',
      ...(url.includes('sized') ? { 'content-length': body.length } : {}),
    });
    for (let at = 0; at < body.length; at += 1000) res.write(body.subarray(at, at + 1000));
    res.end();
  });
  const { port } = new URL(provider.url);
  proxy = net.createServer((client) => meddle(client, Number(port)));
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  const faultPort = typeof address === 'object' && address ? address.port : 0;
  server = await startHardServer(`http://127.0.0.1:${faultPort}`);
});

afterAll(async () => {
  await server.close();
  proxy.close();
  await provider.stop();
  report('faults, a provider that breaks', {
    'cases run': counts.run,
    'answered whole': counts.whole,
    'faults survived': counts.cut + counts.refused,
    'cut and seen so': counts.cut,
    'refused with 502': counts.refused,
    'POSTs delivered twice': counts.twice,
    'exchanges sent': counts.run,
    'exchanges found': counts.found,
    'bytes compared': counts.bytes,
  });
});

/** One connection of LunaRoute's, on to the provider: the newest request's fault rules it. */
function meddle(client: Socket, port: number): void {
  const upstream = net.connect(port, '127.0.0.1');
  let fault: Fault = { kind: 'none', after: 0 };
  let passed = 0;
  const end = (how: 'fin' | 'reset'): void => {
    if (how === 'fin') client.end();
    else client.resetAndDestroy();
    upstream.destroy();
  };
  client.on('error', () => undefined).on('close', () => upstream.destroy());
  upstream.on('error', () => undefined).on('close', () => client.end());
  client.on('data', (chunk: Buffer) => {
    const target = /^POST (\S+) /.exec(chunk.toString('latin1'))?.[1];
    if (target !== undefined) {
      fault = faults.get(target) ?? fault;
      passed = 0;
    }
    if (fault.kind === 'close at once') end('fin');
    else upstream.write(chunk);
  });
  upstream.on('data', (chunk: Buffer) => {
    if (fault.kind === 'reset before') return end('reset');
    const left = fault.after - passed;
    const strikes = (fault.kind === 'fin' || fault.kind === 'reset') && left < chunk.length;
    passed += chunk.length;
    if (strikes) {
      client.write(chunk.subarray(0, Math.max(0, left)), () =>
        end(fault.kind === 'fin' ? 'fin' : 'reset'),
      );
    } else if (fault.kind === 'split') {
      for (let at = 0; at < chunk.length; at += 7) client.write(chunk.subarray(at, at + 7));
    } else client.write(chunk);
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function exchange(index: number): Promise<[target: string, outcome: string]> {
  const kind = KINDS[index % KINDS.length] ?? 'none';
  const target = `/v1/messages?n=${index}&${index % 2 === 0 ? 'sized' : 'chunked'}`;
  const body = randomBytes(20 + Math.floor(Math.random() * 6000));
  answers.set(target, body);
  faults.set(target, { kind, after: Math.floor(Math.random() * (body.length + 300)) });
  const answer = await call(server.port, { method: 'POST', path: target, body: '{"a":1}' });
  counts.run += 1;
  counts.bytes += answer.body.length;
  counts.twice += (hits.get(target) ?? 0) > 1 ? 1 : 0;
  expect(hits.get(target) ?? 0, target).toBeLessThanOrEqual(1);
  if (answer.header('x-lunaroute-error') !== undefined) {
    counts.refused += 1;
    expect([answer.status, kind === 'none' || kind === 'split'], target).toEqual([502, false]);
    return [target, `failed ${sha256(Buffer.alloc(0))}`];
  }
  const isBeginning = body.subarray(0, answer.body.length).equals(answer.body);
  expect([answer.status, isBeginning], target).toEqual([200, true]);
  if (answer.wasCut) counts.cut += 1;
  else counts.whole += 1;
  expect(answer.wasCut || answer.body.length === body.length, target).toBe(true);
  const outcome = answer.wasCut ? 'incomplete' : 'completed';
  return [target, `${outcome} ${sha256(answer.body)}`];
}

it('never an end that the provider did not make, and the record agrees', async () => {
  const wanted = new Map<string, string>();
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < EXCHANGES) {
      const index = next;
      next += 1;
      wanted.set(...(await exchange(index)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const rows = await untilRecorded(server.home.path, EXCHANGES);
  const found = rows.map((row) => [row.target, `${row.outcome} ${row.responseSha256}`]);
  counts.found = rows.length;
  expect(found.sort()).toEqual([...wanted].sort());
  expect(counts.cut + counts.refused).toBeGreaterThan(EXCHANGES / 4);
});
