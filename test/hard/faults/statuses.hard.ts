// Faults: a provider that says no. Every status from 400 to 599, in both dialects, with its body and its
// retry-after, as it is and once: clients retry by themselves.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { report } from '../../helpers/hard.ts';
import { call } from '../../helpers/proxy-client.ts';
import { type ScriptedProvider, startScriptedProvider } from '../../helpers/scripted-provider.ts';
import { type HardServer, startHardServer, untilRecorded } from '../helpers/hard-server.ts';

const STATUSES = Array.from({ length: 200 }, (_, index) => 400 + index);
const PATHS = ['/v1/messages', '/v1/chat/completions'];
const AT_ONCE = 8;

const counts = { run: 0, bytes: 0, twice: 0, found: 0 };
let provider: ScriptedProvider;
let server: HardServer;

/** What the provider says with a status: JSON, an overloaded gateway's page, an event, nothing. */
function bodyOf(status: number): string {
  const error = { type: 'error', error: { type: 'overloaded_error', message: `no ${status}` } };
  const bodies = [
    JSON.stringify(error),
    `<html><body>${status}</body></html>`,
    `event: error\ndata: ${JSON.stringify(error)}\n\n`,
    '',
  ];
  return bodies[status % bodies.length] ?? '';
}

beforeAll(async () => {
  provider = await startScriptedProvider(({ url }, res) => {
    const status = Number(/status=(\d+)/.exec(url)?.[1]);
    const body = bodyOf(status);
    res.writeHead(status, `Says ${status}`, {
      'content-type': body.startsWith('event') ? 'text/event-stream' : 'application/json',
      'retry-after': `${status % 60}`,
      'x-request-id': `req_${status}`,
      'x-should-retry': 'true',
    });
    res.end(body);
  });
  server = await startHardServer(provider.url);
});

afterAll(async () => {
  await server.close();
  await provider.stop();
  report('faults, statuses', {
    'cases run': counts.run,
    'faults survived': counts.run,
    'bytes compared': counts.bytes,
    'sent more than once': counts.twice,
    'exchanges sent': counts.run,
    'exchanges found': counts.found,
  });
});

async function check(target: string, status: number): Promise<void> {
  const answer = await call(server.port, { method: 'POST', path: target, body: '{"a":1}' });
  const body = answer.body.toString();
  const header = (name: string) => answer.header(name);
  expect([answer.status, answer.statusText, body, answer.wasCut]).toEqual([
    status,
    `Says ${status}`,
    bodyOf(status),
    false,
  ]);
  expect([header('retry-after'), header('x-request-id'), header('x-should-retry')]).toEqual([
    `${status % 60}`,
    `req_${status}`,
    'true',
  ]);
  expect(header('x-lunaroute-error')).toBeUndefined();
  counts.run += 1;
  counts.bytes += body.length;
}

it('429, 500, 503, 529 and all others are passed as they are, once', async () => {
  const cases = PATHS.flatMap((path) =>
    STATUSES.map((status) => ({ status, target: `${path}?status=${status}` })),
  );
  const queue = cases.values();
  const work = async (): Promise<void> => {
    for (const { target, status } of queue) await check(target, status);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const seen = provider.requests.map(({ url }) => url);
  counts.twice = seen.length - new Set(seen).size;
  expect(seen.toSorted()).toEqual(cases.map(({ target }) => target).toSorted());
  const rows = await untilRecorded(server.home.path, cases.length);
  counts.found = rows.length;
  const found = rows.map(
    (row) => `${row.target} ${row.outcome} ${row.status} ${row.responseSha256}`,
  );
  const wanted = cases.map(({ target, status }) => {
    const sha256 = createHash('sha256').update(bodyOf(status)).digest('hex');
    return `${target} failed ${status} ${sha256}`;
  });
  expect(found.toSorted()).toEqual(wanted.toSorted());
});
