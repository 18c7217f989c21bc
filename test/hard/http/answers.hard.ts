// HTTP conformance, the provider's side: each case is written by a provider that speaks bytes, read by
// a client that does, and looked up in what was recorded.
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { report, sized } from '../../helpers/hard.ts';
import { waitFor } from '../../helpers/proxy-wait.ts';
import { byteClient } from '../helpers/byte-client.ts';
import { type ByteProvider, startByteProvider } from '../helpers/byte-provider.ts';
import { type HardServer, startHardServer, untilRecorded } from '../helpers/hard-server.ts';
import { ANSWER_CASES, type AnswerCase, play } from './answer-cases.ts';
import { type ParsedAnswer, parseAnswer } from './parse-answer.ts';

const counts = { run: 0, cuts: 0, refused: 0, bytes: 0, followed: 0 };
/** What the record of each target must say. */
const expected = new Map<string, { outcome: string; sha256: string | null }>();
let provider: ByteProvider;
let server: HardServer;
/** What the provider plays for a target. */
const scripts = new Map<string, AnswerCase>();
const sockets = new Map<string, Socket>();

beforeAll(async () => {
  provider = await startByteProvider({
    onRequest: ({ target }, socket) => {
      const given = scripts.get(target);
      if (given === undefined) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext');
      else void play(given, socket);
      sockets.set(target, socket);
    },
  });
  server = await startHardServer(provider.url);
});

afterAll(async () => {
  const isCase = ({ target }: { target: string }): boolean => expected.has(target);
  const rows = await untilRecorded(server.home.path, expected.size, isCase);
  await server.close();
  await provider.stop();
  report('HTTP conformance, answers', {
    'cases run': counts.run,
    'answers cut and seen so': counts.cuts,
    'answers refused': counts.refused,
    'requests that followed': counts.followed,
    'bytes compared': counts.bytes,
    'exchanges found': rows.length,
  });
  const found = rows.map(({ target, outcome, responseSha256 }) => [
    target,
    outcome,
    responseSha256,
  ]);
  const wanted = [...expected].map(([target, { outcome, sha256 }]) => [target, outcome, sha256]);
  expect(found.sort()).toEqual(wanted.sort());
});

async function ask(target: string, given: Partial<AnswerCase>): Promise<[string, ParsedAnswer]> {
  const { method = 'GET', isOld } = given;
  const body = method === 'POST' ? 'Content-Length: 2\r\n\r\n{}' : '\r\n';
  const client = await byteClient(server.port);
  client.send(
    `${method} ${target} HTTP/1.${isOld ? 0 : 1}\r\nHost: 127.0.0.1:${server.port}\r\nConnection: close\r\n${body}`,
  );
  try {
    const ended = await client.untilEnded();
    return [client.text(), parseAnswer(client.text(), method, ended)];
  } finally {
    client.close();
  }
}

function expectedOutcome({ isCut, status }: AnswerCase): string {
  if (isCut) return 'incomplete';
  return status >= 400 ? 'failed' : 'completed';
}

async function check(given: AnswerCase, target: string): Promise<void> {
  scripts.set(target, given);
  const before = provider.requests.length;
  const [text, answer] = await ask(target, given);
  const isOurs = text.includes('x-lunaroute-error');
  const sha256 = createHash('sha256')
    .update(isOurs ? '' : answer.body, 'latin1')
    .digest('hex');
  expected.set(target, { outcome: expectedOutcome(given), sha256 });
  counts.run += 1;
  counts.cuts += given.isCut ? 1 : 0;
  counts.refused += isOurs ? 1 : 0;
  counts.bytes += answer.body.length;
  expect([answer.status, isOurs], text.slice(0, 500)).toEqual([given.status, given.status === 502]);
  expect(answer.isWhole).toBe(given.isCut !== true);
  if (!isOurs) expect(answer.body).toBe(given.body);
  if (given.has) expect(text).toMatch(given.has);
  if (given.lacks) expect(text).not.toMatch(given.lacks);
  expect(provider.requests.length - before).toBe(1);
  const isGivenUp = () => sockets.get(target)?.closed;
  if (given.poisons) await waitFor(isGivenUp, 'the connection to be given up', 60_000);
  const [, next] = await ask('/v1/messages?next', { method: 'POST' });
  counts.followed += 1;
  expect([next.status, next.body]).toEqual([200, 'next']);
}

it.each(ANSWER_CASES)('$name', async (given) => {
  await check(given, `/v1/messages?answer=${encodeURIComponent(given.name)}`);
});

const SHORT = ANSWER_CASES.filter(({ send }) => [send].flat().join('').length < 300);

it.each(SHORT.slice(0, sized(5, SHORT.length)))('byte by byte: $name', async (given) => {
  const split = { ...given, send: [...[given.send].flat().join('')] };
  await check(split, `/v1/messages?bytes=${encodeURIComponent(given.name)}`);
});
