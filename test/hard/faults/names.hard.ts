// Faults: the names of providers. Unknown, found again, moved to another address, lost while a
// connection is kept, a resolver that is silent. The resolver is the test's own (pretence.ts).
import { renameSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { report } from '../../helpers/hard.ts';
import { tempHome } from '../../helpers/program.ts';
import { call } from '../../helpers/proxy-client.ts';
import { waitFor } from '../../helpers/proxy-wait.ts';
import { type HardServer, startHardServer, untilRecorded } from '../helpers/hard-server.ts';
import { PRETENCE } from '../helpers/pretence-env.ts';

const NAME = 'provider.test';
/** Answers in its own name. */
interface Place {
  readonly server: http.Server;
  readonly connections: () => number;
}

const counts = { run: 0, refused: 0, served: 0, found: 0 };
const folder = tempHome();
const names = join(folder.path, 'names.json');
/** Answers that wait for the test. */
const held: (() => void)[] = [];
let places: { readonly [address: string]: Place };
let server: HardServer;

beforeAll(async () => {
  know({});
  const first = await place('127.0.0.1', 0);
  const address = first.server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  places = { '127.0.0.1': first, '127.0.0.2': await place('127.0.0.2', port) };
  // Only the provider whose resolver is silent has little time: a slow machine is no failure.
  server = await startHardServer(`http://${NAME}:${port}`, {
    env: {
      ...PRETENCE,
      PRETENCE_NAMES: names,
      LUNAROUTE_OPENAI_BASE_URL: 'http://silent.test',
      LUNAROUTE_OPENAI_CONNECT_TIMEOUT_SECS: '1',
      LUNAROUTE_OPENAI_MAX_RETRIES: '0',
    },
  });
});

afterAll(async () => {
  await server.close();
  for (const { server: one } of Object.values(places)) one.close().closeAllConnections();
  folder.remove();
  report('faults, names', {
    'cases run': counts.run,
    'faults survived': counts.refused,
    'answered by the right address': counts.served,
    'exchanges sent': counts.run,
    'exchanges found': counts.found,
  });
});

async function place(host: string, port: number): Promise<Place> {
  let connections = 0;
  const one = http.createServer((req, res) => {
    if (req.url?.includes('hold')) held.push(() => res.end(host));
    else res.end(host);
  });
  one.keepAliveTimeout = 300_000;
  one.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve, reject) => {
    one.once('error', reject).listen(port, host, resolve);
  });
  return { server: one, connections: () => connections };
}

/** At once and whole: the program may be reading it. */
function know(addresses: Readonly<Record<string, string>>): void {
  writeFileSync(`${names}.draft`, JSON.stringify(addresses));
  renameSync(`${names}.draft`, names);
}

async function ask(path = '/v1/messages'): Promise<string> {
  const answer = await call(server.port, { method: 'POST', path, body: '{}' });
  counts.run += 1;
  const error = answer.header('x-lunaroute-error');
  if (error === undefined) counts.served += 1;
  else counts.refused += 1;
  return error === undefined ? answer.body.toString() : `${answer.status} ${error}: ${answer.body}`;
}

// 127.0.0.2 is this machine on Linux alone.
it.runIf(process.platform === 'linux')('the name comes, stays, moves and goes', async () => {
  expect(await ask()).toMatch(/^502 dns: .*provider\.test.*ENOTFOUND.*base_url/);
  know({ [NAME]: '127.0.0.1' });
  expect(await ask()).toBe('127.0.0.1');
  expect(await ask()).toBe('127.0.0.1');
  // A kept connection needs no name; a new one takes the address of its moment.
  know({ [NAME]: '127.0.0.2' });
  expect(await ask()).toBe('127.0.0.1');
  expect(places['127.0.0.1']?.connections()).toBe(1);
  const kept = ask('/v1/messages?hold');
  const release = await waitFor(() => held[0], 'the request on the kept connection');
  expect(await ask()).toBe('127.0.0.2');
  release();
  expect(await kept).toBe('127.0.0.1');
  know({});
  expect(await ask()).toMatch(/^127\.0\.0\.[12]$/);
});

it('a resolver that is silent is not waited for longer than for a connection', async () => {
  know({ 'silent.test': 'silent' });
  expect(await ask('/v1/chat/completions')).toMatch(/^504 connect-timeout: .*silent\.test/);
});

it('each is recorded', async () => {
  const rows = await untilRecorded(server.home.path, counts.run);
  counts.found = rows.length;
  expect(rows.filter(({ outcome }) => outcome === 'failed')).toHaveLength(counts.refused);
});
