// What providers answer, well-formed and not, and what the client must get of it.
import type { Socket } from 'node:net';

export interface AnswerCase {
  readonly name: string;
  /** `GET` unless said otherwise; a POST has the body `{}`. */
  readonly method?: 'POST' | 'HEAD';
  /** HTTP/1.0 is what the client speaks. */
  readonly isOld?: true;
  /** What the provider writes, piece by piece. */
  readonly send: string | readonly string[];
  /** How the provider ends the connection afterwards; it keeps it when absent. */
  readonly end?: 'fin' | 'reset';
  readonly status: number;
  /** What the client reads; not looked at where LunaRoute answers. */
  readonly body?: string;
  /** The client must see that the answer is not whole. */
  readonly isCut?: true;
  /** Must and must not stand in what the client gets. */
  readonly has?: RegExp;
  readonly lacks?: RegExp;
  /** The provider's connection must be given up: it said more than it was asked. */
  readonly poisons?: true;
}

const SIZED = 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc';
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const withHeaders = (lines: string): string =>
  `HTTP/1.1 200 OK\r\n${lines}\r\nContent-Length: 3\r\n\r\nabc`;
const UNTIL_END = 'HTTP/1.1 200 OK\r\nX-A: b\r\n\r\nabc';
const EVIL = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL';
const whole = { status: 200, body: 'abc' } as const;
const refused = { status: 502 } as const;
const cut = { status: 200, body: 'abc', isCut: true } as const;

const FRAMING: readonly AnswerCase[] = [
  { name: 'a length', send: SIZED, ...whole, has: /Content-Length: 3\r/ },
  { name: 'chunks', send: `${CHUNKED}3\r\nabc\r\n0\r\n\r\n`, ...whole },
  {
    name: 'chunk extensions',
    send: `${CHUNKED}1;a=b\r\na\r\n2;c="d;e"\r\nbc\r\n0;f\r\n\r\n`,
    ...whole,
  },
  {
    name: 'sizes with zeros and capitals',
    send: `${CHUNKED}0003\r\nabc\r\nA\r\n0123456789\r\n00\r\n\r\n`,
    status: 200,
    body: 'abc0123456789',
  },
  {
    name: 'announced trailers',
    send: `HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n`,
    ...whole,
    has: /\r\n0\r\nX-Sum: 7\r\n\r\n$/,
  },
  {
    name: 'trailers that nobody announced',
    send: `${CHUNKED}3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n`,
    ...whole,
  },
  { name: 'chunks, byte by byte', send: [...`${CHUNKED}3;x\r\nabc\r\n0\r\n\r\n`], ...whole },
  {
    name: 'a length of 0',
    send: 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
    status: 200,
    body: '',
  },
  { name: 'no chunk but the last', send: `${CHUNKED}0\r\n\r\n`, status: 200, body: '' },
  { name: 'no length, until FIN', send: UNTIL_END, end: 'fin', ...whole },
  { name: 'no length, until a reset', send: UNTIL_END, end: 'reset', ...cut },
  { name: 'HTTP/1.0 until FIN', send: 'HTTP/1.0 200 OK\r\n\r\nabc', end: 'fin', ...whole },
  {
    name: 'HTTP/1.0 with a length',
    send: 'HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc',
    ...whole,
  },
  {
    name: 'chunks for an HTTP/1.0 client',
    isOld: true,
    send: `${CHUNKED}3\r\nabc\r\n0\r\n\r\n`,
    ...whole,
    lacks: /chunked/,
  },
  {
    name: 'chunks cut, for an HTTP/1.0 client',
    isOld: true,
    send: `${CHUNKED}3\r\nabc\r\n`,
    end: 'fin',
    ...cut,
  },
  {
    name: '204 with a length',
    send: 'HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n',
    status: 204,
    body: '',
  },
  {
    name: '304 with a length',
    send: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\nETag: "x"\r\n\r\n',
    status: 304,
    body: '',
    has: /ETag: "x"/,
  },
  {
    name: 'HEAD with a length',
    method: 'HEAD',
    send: 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n',
    status: 200,
    body: '',
    has: /Content-Length: 1000\r/,
  },
  { name: 'HEAD with a coding', method: 'HEAD', send: CHUNKED, status: 200, body: '' },
];

const DOUBT: readonly AnswerCase[] = [
  ['two lengths', 'Content-Length: 3\r\nContent-Length: 4'],
  ['a negative length', 'Content-Length: -3'],
  ['a length in words', 'Content-Length: three'],
  ['a length with a plus', 'Content-Length: +3'],
  ['a length beyond 64 bits', 'Content-Length: 18446744073709551619'],
  ['a length and a coding', 'Content-Length: 3\r\nTransfer-Encoding: chunked'],
  ['a coding and a length', 'Transfer-Encoding: chunked\r\nContent-Length: 3'],
  ['gzip and chunked', 'Transfer-Encoding: gzip, chunked'],
  ['a NUL in a value', 'X-A: b\0c\r\nContent-Length: 3'],
  ['a line without a colon', 'nonsense\r\nContent-Length: 3'],
  ['an empty name', ': b\r\nContent-Length: 3'],
  ['a space in a name', 'X A: b\r\nContent-Length: 3'],
  ['a bare CR in a value', 'X-A: b\rContent-Length: 9\r\nContent-Length: 3'],
].map(([name, lines]) => ({
  name,
  send: `HTTP/1.1 200 OK\r\n${lines}\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
  end: 'fin' as const,
  ...refused,
})) as AnswerCase[];

const LINES: readonly AnswerCase[] = [
  ['nothing', ''],
  ['an SSH server', 'SSH-2.0-OpenSSH_9.6\r\n'],
  ['nonsense', 'nonsense\r\n\r\n'],
  ['an old radio', 'ICY 200 OK\r\n\r\n'],
  ['a status of two digits', 'HTTP/1.1 99 Low\r\nContent-Length: 0\r\n\r\n'],
  ['a status of four digits', 'HTTP/1.1 2000 High\r\nContent-Length: 0\r\n\r\n'],
  ['a status in words', 'HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n'],
  ['half a head', 'HTTP/1.1 200 OK\r\nContent-Le'],
  [
    'headers of 70 kB',
    `HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(70_000)}\r\nContent-Length: 0\r\n\r\n`,
  ],
  [
    '101 that nobody asked for',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
  ],
  ['100 and then nothing', 'HTTP/1.1 100 Continue\r\n\r\n'],
].map(([name, send]) => ({
  name: `${name}`,
  method: 'POST',
  send: `${send}`,
  end: 'fin',
  ...refused,
}));

const BREAKS: readonly AnswerCase[] = [
  { name: 'half a head, then a reset', send: 'HTTP/1.1 200 OK\r\nX-', end: 'reset', ...refused },
  { name: 'a reset at once', method: 'POST', send: '', end: 'reset', ...refused },
  {
    name: 'too short for its length',
    send: 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc',
    end: 'fin',
    ...cut,
  },
  { name: 'no last chunk', send: `${CHUNKED}3\r\nabc\r\n`, end: 'fin', ...cut },
  { name: 'half a chunk', send: `${CHUNKED}9\r\nabc`, end: 'fin', ...cut },
  { name: 'a bad chunk size', send: [`${CHUNKED}3\r\nabc\r\n`, 'zz\r\nabc\r\n0\r\n\r\n'], ...cut },
  { name: 'a chunk longer than its size', send: [`${CHUNKED}3\r\nabc`, 'd\r\n0\r\n\r\n'], ...cut },
  { name: 'a reset in a chunk', send: `${CHUNKED}9\r\nabc`, end: 'reset', ...cut },
];

const HEADS: readonly AnswerCase[] = [
  {
    name: 'duplicates, case and order stay',
    send: withHeaders('x-a: 1\r\nX-A: 2\r\nSet-Cookie: a\r\nset-cookie: b'),
    ...whole,
    has: /x-a: 1\r\nX-A: 2\r\nSet-Cookie: a\r\nset-cookie: b\r\n/,
  },
  {
    name: 'bytes above 127 stay',
    send: withHeaders('X-Latin: \xe4\xff\x80'),
    ...whole,
    has: /X-Latin: \xe4\xff\x80\r\n/,
  },
  {
    name: 'hop-by-hop headers stay there',
    send: withHeaders(
      'Connection: X-Hop, close\r\nX-Hop: 1\r\nKeep-Alive: timeout=9\r\nProxy-Authenticate: Basic\r\nUpgrade: h2c\r\nX-End: 1',
    ),
    end: 'fin',
    ...whole,
    has: /X-End: 1\r/,
    lacks: /X-Hop|timeout=9|Proxy-|h2c/i,
  },
  {
    name: 'a reason that is none',
    send: 'HTTP/1.1 200 \r\nContent-Length: 3\r\n\r\nabc',
    ...whole,
  },
  { name: 'no reason at all', send: 'HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nabc', ...whole },
  {
    name: 'a reason that comes in pieces',
    send: ['HTTP/1.', '1 200 As', ' It', ' Is', '\r\nContent-Length: 3\r\n\r\nabc'],
    ...whole,
    has: /^HTTP\/1\.1 200 As It Is\r/,
  },
  {
    name: 'a reason in UTF-8',
    send: 'HTTP/1.1 200 Gr\xc3\xbc\xc3\x9fe\r\nContent-Length: 3\r\n\r\nabc',
    ...whole,
    has: /^HTTP\/1\.1 200 Gr\xc3\xbc\xc3\x9fe\r/,
  },
  { name: 'headers of 60 kB', send: withHeaders(`X-Long: ${'x'.repeat(60_000)}`), ...whole },
  {
    name: '2,000 headers',
    send: withHeaders(Array.from({ length: 2000 }, (_, i) => `X-${i}: ${i}`).join('\r\n')),
    ...whole,
    has: /X-1999: 1999\r/,
  },
  { name: 'a folded header', send: withHeaders('X-Folded: a\r\n b'), end: 'fin', ...refused },
  {
    name: 'lines that LF ends',
    send: 'HTTP/1.1 200 OK\nContent-Length: 3\n\nabc',
    end: 'fin',
    ...refused,
  },
  { name: 'a space before a colon', send: withHeaders('X-A : b'), end: 'fin', ...refused },
  {
    name: 'an unknown coding of the content',
    send: withHeaders('Content-Encoding: x-lab'),
    ...whole,
    has: /Content-Encoding: x-lab/,
  },
  {
    name: 'a redirect',
    send: 'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n',
    status: 302,
    body: '',
    has: /Location: http:\/\/127\.0\.0\.1:9\/\r/,
  },
  ...[401, 429, 500, 503, 529, 299, 599, 600, 999].map((status) => ({
    name: `status ${status}`,
    method: 'POST' as const,
    send: `HTTP/1.1 ${status} As It Is\r\nRetry-After: 7\r\nContent-Length: 3\r\n\r\nabc`,
    status,
    body: 'abc',
    has: new RegExp(`^HTTP/1\\.1 ${status} As It Is\\r\\nRetry-After: 7\\r`),
  })),
  {
    name: '103, then the answer',
    send: `HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n${SIZED}`,
    ...whole,
    has: /^HTTP\/1\.1 103 [^\r]*\r\nLink: <\/a>; rel=preload\r\n\r\nHTTP\/1\.1 200/i,
  },
  { name: '100 that nobody waited for', send: `HTTP/1.1 100 Continue\r\n\r\n${SIZED}`, ...whole },
  {
    name: '100, three times, in small pieces',
    send: [...'HTTP/1.1 100 Continue\r\nX: y\r\n\r\n'.repeat(3), SIZED],
    ...whole,
  },
  {
    name: '100 without end',
    method: 'POST',
    send: `HTTP/1.1 100 Continue\r\nX-Long: ${'x'.repeat(9000)}`,
    end: 'fin',
    ...refused,
  },
  {
    name: '102 twice and 199',
    send: `${'HTTP/1.1 102 Processing\r\n\r\n'.repeat(2)}HTTP/1.1 199 Odd\r\nX: y\r\n\r\n${SIZED}`,
    ...whole,
  },
  {
    name: '103, a thousand times',
    send: `${'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(1000)}${SIZED}`,
    ...whole,
  },
];

/** After these the provider's connection must not serve another request. */
const POISON: readonly AnswerCase[] = [
  {
    name: 'a second answer behind a length',
    send: SIZED + EVIL,
    ...whole,
    lacks: /EVIL/,
    poisons: true,
  },
  {
    name: 'a second answer behind the last chunk',
    send: `${CHUNKED}3\r\nabc\r\n0\r\n\r\n${EVIL}`,
    ...whole,
    lacks: /EVIL/,
    poisons: true,
  },
  { name: 'a second answer, later', send: [SIZED, EVIL], ...whole, lacks: /EVIL/, poisons: true },
  {
    name: 'bytes behind 204',
    send: `HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nEVIL`,
    status: 204,
    body: '',
    lacks: /EVIL/,
    poisons: true,
  },
  {
    name: 'a body for HEAD',
    method: 'HEAD',
    send: EVIL,
    status: 200,
    body: '',
    lacks: /EVIL/,
    poisons: true,
  },
  {
    name: 'a second answer behind 304',
    send: `HTTP/1.1 304 Not Modified\r\n\r\n${EVIL}`,
    status: 304,
    body: '',
    lacks: /EVIL/,
    poisons: true,
  },
];

export const ANSWER_CASES: readonly AnswerCase[] = [
  ...FRAMING,
  ...DOUBT,
  ...LINES,
  ...BREAKS,
  ...HEADS,
  ...POISON,
];

/** Writes the pieces some milliseconds apart, then ends as the case says. */
export async function play(given: AnswerCase, socket: Socket): Promise<void> {
  for (const [index, piece] of [given.send].flat().entries()) {
    if (index > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    socket.write(piece, 'latin1');
  }
  if (given.end === undefined) return;
  await new Promise((resolve) => setTimeout(resolve, 20));
  if (given.end === 'fin') socket.end();
  else socket.resetAndDestroy();
}
