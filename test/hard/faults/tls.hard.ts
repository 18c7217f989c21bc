// Faults: TLS that goes wrong on the way to a provider, in every way that a certificate or a handshake
// can. The client gets LunaRoute's 502 with the cause and what to do, the request never leaves, and the
// next one is served as soon as the provider is in order.
import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import net, { type Socket } from 'node:net';
import { join } from 'node:path';
import type { SecureContextOptions, SecureVersion } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { report } from '../../helpers/hard.ts';
import { tempHome } from '../../helpers/program.ts';
import { call } from '../../helpers/proxy-client.ts';
import { type Identity, makeIdentity } from '../helpers/certificates.ts';
import { type HardServer, startHardServer, untilRecorded } from '../helpers/hard-server.ts';

/** How the provider behaves until the next case. */
interface Provider {
  readonly identity: Identity;
  readonly versions?: readonly [SecureVersion, SecureVersion];
  /** Instead of a handshake, when the client's first bytes have come. */
  readonly breaks?: (socket: Socket) => void;
}

interface Case extends Provider {
  readonly name: string;
  readonly code: 'tls' | 'reset';
  readonly says: RegExp;
}

const authority = makeIdentity({ name: 'An authority that is trusted', isAuthority: true });
const stranger = makeIdentity({ name: 'An authority that nobody knows', isAuthority: true });
const here = { name: 'localhost', addresses: ['127.0.0.1'] };
const good = makeIdentity({ ...here, signer: authority });
const between = makeIdentity({ name: 'No authority', signer: authority });

const CASES: readonly Case[] = [
  {
    name: 'a certificate that signs itself',
    identity: makeIdentity(here),
    code: 'tls',
    says: /SELF_SIGNED.*NODE_EXTRA_CA_CERTS/,
  },
  {
    name: 'an authority that nobody knows',
    identity: makeIdentity({ ...here, signer: stranger }),
    code: 'tls',
    says: /UNABLE_TO_(VERIFY|GET_ISSUER).*NODE_EXTRA_CA_CERTS/,
  },
  {
    name: 'a certificate signed by one that may not sign',
    identity: makeIdentity({ ...here, signer: between }),
    code: 'tls',
    says: /NODE_EXTRA_CA_CERTS/,
  },
  {
    name: 'a certificate that has expired',
    identity: makeIdentity({ ...here, signer: authority, from: -20, until: -10 }),
    code: 'tls',
    says: /CERT_HAS_EXPIRED.*clock/,
  },
  {
    name: 'a certificate that is not valid yet',
    identity: makeIdentity({ ...here, signer: authority, from: 10, until: 20 }),
    code: 'tls',
    says: /CERT_NOT_YET_VALID.*clock/,
  },
  {
    name: 'a certificate for another host',
    identity: makeIdentity({ name: 'elsewhere.example', signer: authority }),
    code: 'tls',
    says: /ERR_TLS_CERT_ALTNAME_INVALID.*base_url/,
  },
  {
    name: 'TLS 1.1 and older',
    identity: good,
    versions: ['TLSv1', 'TLSv1.1'],
    code: 'tls',
    says: /base_url/,
  },
  {
    name: 'no TLS at all',
    identity: good,
    breaks: (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    code: 'tls',
    says: /does not speak TLS.*base_url/,
  },
  {
    name: 'a handshake that ends',
    identity: good,
    breaks: (socket) => void socket.end(),
    code: 'reset',
    says: /ECONNRESET.*try again/,
  },
  {
    name: 'a handshake that is reset',
    identity: good,
    breaks: (socket) => void socket.resetAndDestroy(),
    code: 'reset',
    says: /ECONNRESET.*try again/,
  },
];

const counts = { run: 0, refused: 0, leaked: 0, recovered: 0, cut: 0, found: 0 };
const folder = tempHome();
let provider: Provider = { identity: good };
let requests = 0;
let secure: Server;
let door: net.Server;
let server: HardServer;

beforeAll(async () => {
  secure = createServer((req, res) => {
    requests += 1;
    res.setHeader('connection', 'close');
    if (!req.url?.includes('tls=half')) return void res.end('served');
    res.write('half an answer', () => req.socket.destroy());
  });
  door = net.createServer((socket) => {
    socket.on('error', () => undefined);
    const { breaks } = provider;
    if (breaks === undefined) secure.emit('connection', socket);
    else socket.once('data', () => breaks(socket));
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const address = door.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const trusted = join(folder.path, 'authority.pem');
  writeFileSync(trusted, authority.cert);
  server = await startHardServer(`https://127.0.0.1:${port}`, {
    // Only the provider that never shakes hands has little time: a slow machine is no failure.
    env: {
      NODE_EXTRA_CA_CERTS: trusted,
      LUNAROUTE_OPENAI_CONNECT_TIMEOUT_SECS: '1',
      LUNAROUTE_OPENAI_MAX_RETRIES: '0',
    },
  });
});

afterAll(async () => {
  await server.close();
  door.close();
  secure.closeAllConnections();
  rmSync(folder.path, { recursive: true, force: true });
  report('faults, TLS', {
    'cases run': counts.run,
    'faults survived': counts.refused + counts.cut,
    'refused with 502 or 504': counts.refused,
    'requests that left in them': counts.leaked,
    'answers cut and seen so': counts.cut,
    'served right after': counts.recovered,
    'exchanges sent': counts.run + counts.recovered,
    'exchanges found': counts.found,
  });
});

function behave(next: Provider): void {
  provider = next;
  const { key, cert } = next.identity;
  const [minVersion, maxVersion] = next.versions ?? [];
  // Old versions need the ciphers of their time.
  const old = minVersion === undefined ? {} : { ciphers: 'DEFAULT@SECLEVEL=0' };
  secure.setSecureContext({ key, cert, minVersion, maxVersion, ...old } as SecureContextOptions);
}

const ask = (query: string, path = '/v1/messages') =>
  call(server.port, { method: 'POST', path: `${path}?${query}`, body: '{"secret":1}' });

async function servesAgain(query: string): Promise<void> {
  behave({ identity: good });
  const answer = await ask(`after=${query}`);
  expect([answer.status, answer.body.toString()]).toEqual([200, 'served']);
  counts.recovered += 1;
}

it.each(CASES)('$name', async (given) => {
  behave(given);
  const before = requests;
  const answer = await ask(`tls=${encodeURIComponent(given.name)}`);
  counts.run += 1;
  counts.leaked += requests - before;
  const { error } = JSON.parse(answer.body.toString()) as { error: { message: string } };
  expect([answer.status, answer.header('x-lunaroute-error')]).toEqual([502, given.code]);
  expect(error.message).toMatch(given.says);
  expect(requests - before).toBe(0);
  counts.refused += 1;
  await servesAgain(encodeURIComponent(given.name));
});

it('a handshake that never goes on', async () => {
  behave({ identity: good, breaks: () => undefined });
  const answer = await ask('tls=silent', '/v1/chat/completions');
  counts.run += 1;
  expect([answer.status, answer.header('x-lunaroute-error')]).toEqual([504, 'connect-timeout']);
  expect(answer.body.toString()).toContain('connect_timeout_secs');
  counts.refused += 1;
  await servesAgain('silence');
});

it('a connection that ends in an answer without TLS saying so', async () => {
  behave({ identity: good });
  const answer = await ask('tls=half');
  expect([answer.status, answer.wasCut, answer.body.toString()]).toEqual([
    200,
    true,
    'half an answer',
  ]);
  counts.run += 1;
  counts.cut += 1;
  await servesAgain('cut');
});

it('each is recorded with its cause', async () => {
  const rows = await untilRecorded(server.home.path, counts.run + counts.recovered);
  counts.found = rows.length;
  const codes = rows
    .filter(({ target }) => target.includes('?tls='))
    .map(({ outcome, errorCode }) => `${outcome} ${errorCode}`);
  expect(codes).toEqual([
    ...CASES.map(({ code }) => `failed ${code}`),
    'failed connect-timeout',
    'incomplete closed',
  ]);
});
