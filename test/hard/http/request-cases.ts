// What clients send, well-formed and not, and what must come of it. `{t}` is the case's own target,
// `{host}` the proxy's address.

export interface RequestCase {
  readonly name: string;
  /** Pieces are written one after the other, some milliseconds apart. */
  readonly send: string | readonly string[];
  /** Statuses of the answers, in order. */
  readonly statuses: readonly number[];
  /** Bodies of the requests that the provider must see, in order; none when absent. */
  readonly seen?: readonly string[];
  /** The proxy must end the connection afterwards. */
  readonly closes?: true;
  /** Must and must not stand in the heads that the provider sees. */
  readonly has?: RegExp;
  readonly lacks?: RegExp;
  /** The outcome is another where the bytes come one by one. */
  readonly atOnce?: true;
}

const HOST = 'Host: {host}\r\n';
const GET = `GET {t} HTTP/1.1\r\n${HOST}\r\n`;
const POST = `POST {t} HTTP/1.1\r\n${HOST}`;
const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n\r\n`;
const chunks = (rest: string): string => CHUNKED + rest;
const sized = (body: string): string => `${POST}Content-Length: ${body.length}\r\n\r\n${body}`;
const withHeader = (line: string): string => `${POST}${line}\r\nContent-Length: 3\r\n\r\nabc`;
const letters = (text: string): string[] => [...text];

const FRAMING: readonly RequestCase[] = [
  { name: 'a GET', send: GET, statuses: [200], seen: [''] },
  { name: 'a POST with a length', send: sized('abc'), statuses: [200], seen: ['abc'] },
  { name: 'a POST of length 0', send: sized(''), statuses: [200], seen: [''] },
  {
    name: 'leading zeros in a length',
    send: `${POST}Content-Length: 003\r\n\r\nabc`,
    statuses: [200],
    seen: ['abc'],
  },
  {
    name: 'a GET with a body',
    send: `GET {t} HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc`,
    statuses: [200],
    seen: ['abc'],
  },
  { name: 'one chunk', send: chunks('3\r\nabc\r\n0\r\n\r\n'), statuses: [200], seen: ['abc'] },
  {
    name: 'chunk extensions',
    send: chunks('3;a=b;c="d;e"\r\nabc\r\n2;x\r\nde\r\n0;end\r\n\r\n'),
    statuses: [200],
    seen: ['abcde'],
  },
  {
    name: 'chunk sizes with zeros and capitals',
    send: chunks('000A\r\n0123456789\r\nA\r\n0123456789\r\n000\r\n\r\n'),
    statuses: [200],
    seen: ['01234567890123456789'],
  },
  {
    name: 'trailers',
    send: chunks('3\r\nabc\r\n0\r\nX-Sum: 1\r\nX-Other: 2\r\n\r\n'),
    statuses: [200],
    seen: ['abc'],
  },
  {
    name: 'a trailer that names a length',
    send: chunks('3\r\nabc\r\n0\r\nContent-Length: 9\r\n\r\n'),
    statuses: [400],
    closes: true,
  },
  {
    name: 'every byte by itself',
    send: [`${POST}Content-Le`, ...letters('ngth: 3\r\n\r\nabc')],
    statuses: [200],
    seen: ['abc'],
  },
  {
    name: 'chunked, every byte by itself',
    send: [CHUNKED, ...letters('3;a=b\r\nabc\r\n0\r\n\r\n')],
    statuses: [200],
    seen: ['abc'],
  },
  {
    name: 'coding names in capitals',
    send: `${POST}TRANSFER-ENCODING: CHUNKED\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
    statuses: [200],
    seen: ['abc'],
  },
  { name: 'an empty line before the request', send: `\r\n${GET}`, statuses: [200], seen: [''] },
];

const SMUGGLING: readonly RequestCase[] = [
  ['a coding and a length', 'Transfer-Encoding: chunked\r\nContent-Length: 3'],
  ['a length and a coding', 'Content-Length: 3\r\nTransfer-Encoding: chunked'],
  ['a length of 0 and a coding', 'Content-Length: 0\r\nTransfer-Encoding: chunked'],
  ['two lengths', 'Content-Length: 3\r\nContent-Length: 4'],
  ['the same length twice', 'Content-Length: 3\r\nContent-Length: 3'],
  ['two lengths in one line', 'Content-Length: 3, 3'],
  ['a length with a plus', 'Content-Length: +3'],
  ['a negative length', 'Content-Length: -3'],
  ['a hexadecimal length', 'Content-Length: 0x3'],
  ['a length with a space inside', 'Content-Length: 3 4'],
  ['an empty length', 'Content-Length:'],
  ['a length beyond 64 bits', 'Content-Length: 18446744073709551617'],
  ['a coding that is not chunked', 'Transfer-Encoding: identity'],
  ['chunked not last', 'Transfer-Encoding: chunked, gzip'],
  ['chunked twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked'],
  ['chunked twice in one line', 'Transfer-Encoding: chunked, chunked'],
  ['gzip and chunked', 'Transfer-Encoding: gzip, chunked'],
  ['an unknown coding and chunked', 'Transfer-Encoding: x\r\nTransfer-Encoding: chunked'],
  ['a misspelled coding', 'Transfer-Encoding: xchunked'],
  ['a coding in quotes', 'Transfer-Encoding: "chunked"'],
  ['a space before the colon', 'Transfer-Encoding : chunked'],
  ['a tab before the colon', 'Content-Length\t: 3'],
  ['a vertical tab before the coding', 'Transfer-Encoding:\x0bchunked'],
  ['a folded coding', 'Transfer-Encoding:\r\n chunked'],
  ['a folded header', 'X-Folded: a\r\n b\r\nContent-Length: 3'],
  ['a bare LF in the head', 'X-A: b\nContent-Length: 3'],
  ['a bare CR in a value', 'X-A: b\rContent-Length: 9\r\nContent-Length: 3'],
  ['a NUL in a value', 'X-A: b\0c\r\nContent-Length: 3'],
  ['a NUL in a name', 'X-\0A: b\r\nContent-Length: 3'],
  ['a line without a colon', 'nonsense\r\nContent-Length: 3'],
  ['an empty name', ': b\r\nContent-Length: 3'],
  ['a space in a name', 'X A: b\r\nContent-Length: 3'],
].map(([name = '', lines]) => ({
  name,
  send: `${POST}${lines}\r\n\r\nabc`,
  statuses: [400],
  closes: true,
}));

const BAD_CHUNKS: readonly RequestCase[] = [
  ['no number', 'zz\r\nabc\r\n0\r\n\r\n'],
  ['an empty size', '\r\nabc\r\n0\r\n\r\n'],
  ['a negative size', '-3\r\nabc\r\n0\r\n\r\n'],
  ['a size with 0x', '0x3\r\nabc\r\n0\r\n\r\n'],
  ['a size beyond 64 bits', 'FFFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n'],
  ['a size with a space before', ' 3\r\nabc\r\n0\r\n\r\n'],
  ['a chunk longer than its size', '3\r\nabcd\r\n0\r\n\r\n'],
  ['a chunk that LF ends', '3\r\nabc\n0\r\n\r\n'],
  ['a size that LF ends', '3\nabc\r\n0\r\n\r\n'],
  ['an extension with LF', '3;a\nb\r\nabc\r\n0\r\n\r\n'],
  ['extensions without end', `3;${'a'.repeat(20_000)}\r\nabc\r\n0\r\n\r\n`],
  ['a trailer with a space in its name', '3\r\nabc\r\n0\r\nX A: b\r\n\r\n'],
].map(([name, body]) => ({
  name: `chunks: ${name}`,
  send: chunks(body ?? ''),
  statuses: [400],
  closes: true,
}));

const LINES: readonly RequestCase[] = [
  ['a full URL', 'GET http://127.0.0.1:9/v1/messages HTTP/1.1', 400],
  ['an asterisk', 'OPTIONS * HTTP/1.1', 400],
  ['a method in lower case', 'get {t} HTTP/1.1', 400],
  ['an unknown method', 'BREW {t} HTTP/1.1', 400],
  ['a space in the target', 'GET /v1/a b HTTP/1.1', 400],
  ['no version', 'GET {t}', 400],
  ['HTTP/2.0 in words', 'GET {t} HTTP/2.0', 400],
  ['HTTP/1.2', 'GET {t} HTTP/1.2', 400],
  ['another protocol', 'GET {t} FTP/1.0', 400],
  ['a target that is no path', 'GET messages HTTP/1.1', 400],
  ['a tab for a space', 'GET\t{t} HTTP/1.1', 400],
].map(([name, line, status]) => ({
  name: `request line: ${name}`,
  send: `${line}\r\n${HOST}\r\n`,
  statuses: [Number(status)],
}));

const HEADS: readonly RequestCase[] = [
  {
    name: 'CONNECT',
    send: 'CONNECT 127.0.0.1:9 HTTP/1.1\r\nHost: 127.0.0.1:9\r\n\r\n',
    statuses: [405],
    closes: true,
  },
  {
    name: "HTTP/2's preface",
    send: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    statuses: [400],
    closes: true,
  },
  { name: 'no Host', send: 'GET {t} HTTP/1.1\r\n\r\n', statuses: [400], closes: true },
  { name: 'two Hosts', send: `GET {t} HTTP/1.1\r\n${HOST}${HOST}\r\n`, statuses: [403] },
  {
    name: 'HTTP/1.0 with Host',
    send: `GET {t} HTTP/1.0\r\n${HOST}\r\n`,
    statuses: [200],
    seen: [''],
    closes: true,
  },
  {
    name: 'a coding in HTTP/1.0',
    send: `POST {t} HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
    statuses: [400],
    closes: true,
  },
  {
    name: 'HTTP/1.0 without Host',
    send: 'GET {t} HTTP/1.0\r\n\r\n',
    statuses: [403],
    closes: true,
  },
  {
    name: 'Connection: close',
    send: `GET {t} HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`,
    statuses: [200],
    seen: [''],
    closes: true,
  },
  {
    name: 'hop-by-hop headers stay here',
    send: withHeader(
      'Connection: X-Hop, keep-alive\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\nTE: trailers\r\nProxy-Authorization: Basic eA==\r\nX-End: 1',
    ),
    statuses: [200],
    seen: ['abc'],
    has: /^X-End: 1\r$/m,
    lacks: /X-Hop|Keep-Alive:|Proxy-|^TE:/im,
  },
  {
    name: 'another upgrade is ignored',
    send: `GET {t} HTTP/1.1\r\n${HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n`,
    statuses: [200],
    seen: [''],
    lacks: /upgrade|HTTP2/i,
  },
  {
    name: 'duplicates, case and order stay',
    send: withHeader('x-a: 1\r\nX-A: 2\r\nX-b: 3\r\nx-A: 4'),
    statuses: [200],
    seen: ['abc'],
    has: /x-a: 1\r\nX-A: 2\r\nX-b: 3\r\nx-A: 4\r\n/,
  },
  {
    name: 'bytes above 127 in a value stay',
    send: withHeader('X-Latin: \xe4\xff\x80'),
    statuses: [200],
    seen: ['abc'],
    has: /X-Latin: \xe4\xff\x80\r\n/,
  },
  {
    name: 'an empty value stays',
    send: withHeader('X-Empty:'),
    statuses: [200],
    seen: ['abc'],
    has: /X-Empty: ?\r\n/,
  },
  {
    name: 'a target with odd bytes stays',
    send: `GET {t}&%00%2e%2e/..//\\|"{}^\`<> HTTP/1.1\r\n${HOST}\r\n`,
    statuses: [200],
    seen: [''],
    has: /&%00%2e%2e\/\.\.\/\/\\\|"\{\}\^`<> HTTP/,
  },
  {
    name: '500 headers',
    send: withHeader(Array.from({ length: 500 }, (_, i) => `X-${i}: ${i}`).join('\r\n')),
    statuses: [200],
    seen: ['abc'],
    has: /X-499: 499\r\n/,
  },
  {
    name: 'headers of 60 kB',
    send: withHeader(`X-Long: ${'x'.repeat(60_000)}`),
    statuses: [200],
    seen: ['abc'],
  },
  {
    name: 'headers of 70 kB',
    send: withHeader(`X-Long: ${'x'.repeat(70_000)}`),
    statuses: [431],
    closes: true,
  },
  {
    name: '5,000 headers of 14 bytes',
    send: withHeader(
      Array.from({ length: 5000 }, (_, i) => `X-${1000 + i}: 12345678`).join('\r\n'),
    ),
    statuses: [431],
    closes: true,
  },
  {
    name: 'a target of 60 kB',
    send: `GET {t}&${'x'.repeat(60_000)} HTTP/1.1\r\n${HOST}\r\n`,
    statuses: [200],
    seen: [''],
  },
  {
    name: 'a target of 70 kB',
    send: `GET {t}&${'x'.repeat(70_000)} HTTP/1.1\r\n${HOST}\r\n`,
    statuses: [431],
    closes: true,
  },
  {
    name: 'a head that comes in bytes',
    send: [`GET {t} HTTP/1.1\r\n`, ...letters(`X-Slow: 1\r\n`), `${HOST}\r\n`],
    statuses: [200],
    seen: [''],
  },
];

const FLOW: readonly RequestCase[] = [
  {
    name: 'Expect: 100-continue',
    send: [`${POST}Expect: 100-continue\r\nContent-Length: 3\r\n\r\n`, 'abc'],
    statuses: [100, 200],
    seen: ['abc'],
    lacks: /expect/i,
  },
  {
    name: 'an expectation that nobody knows',
    send: `${POST}Expect: tea\r\nContent-Length: 3\r\n\r\nabc`,
    statuses: [417],
  },
  { name: 'two GETs at once', send: GET + GET, statuses: [200, 200], seen: ['', ''] },
  {
    name: 'twenty GETs at once',
    send: GET.repeat(20),
    statuses: Array(20).fill(200),
    seen: Array(20).fill(''),
  },
  {
    name: 'a POST and a GET at once',
    send: sized('abc') + GET,
    statuses: [200, 200],
    seen: ['abc', ''],
  },
  {
    name: 'a chunked POST and a POST at once',
    send: chunks('3\r\nabc\r\n0\r\n\r\n') + sized('de'),
    statuses: [200, 200],
    seen: ['abc', 'de'],
  },
  {
    name: 'a whole request, then nonsense',
    atOnce: true,
    send: `${GET}nonsense\r\n\r\n`,
    statuses: [200],
    seen: [''],
    closes: true,
  },
  {
    name: 'two whole requests, then nonsense',
    atOnce: true,
    send: `${GET}${sized('abc')}nonsense\r\n\r\n`,
    statuses: [200, 200],
    seen: ['', 'abc'],
    closes: true,
  },
  {
    name: 'a request and an upgrade at once',
    atOnce: true,
    send: `${GET}GET {t} HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    statuses: [200],
    seen: [''],
    closes: true,
  },
  {
    name: 'a request and a CONNECT at once',
    atOnce: true,
    send: `${GET}CONNECT 127.0.0.1:9 HTTP/1.1\r\nHost: 127.0.0.1:9\r\n\r\n`,
    statuses: [200],
    seen: [''],
    closes: true,
  },
  {
    name: 'a GET, and a POST whose chunks are bad',
    atOnce: true,
    send: `${GET}${chunks('zz\r\n')}`,
    statuses: [200],
    seen: [''],
    closes: true,
  },
  {
    name: 'a refused request whose chunks are bad',
    atOnce: true,
    send: `POST {t} HTTP/1.1\r\nHost: elsewhere.example\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
    statuses: [403],
    closes: true,
  },
  {
    name: 'a health check, then nonsense',
    atOnce: true,
    send: `GET /healthz HTTP/1.1\r\n${HOST}\r\nnonsense\r\n\r\n`,
    statuses: [200],
    closes: true,
  },
  {
    name: 'a refused request, then another',
    send: `GET {t} HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n${GET}`,
    statuses: [403, 200],
    seen: [''],
  },
  {
    name: 'what follows a bad request is not answered',
    send: `${POST}Content-Length: x\r\n\r\n${GET}`,
    statuses: [400],
    closes: true,
  },
  { name: 'HEAD', send: `HEAD {t} HTTP/1.1\r\n${HOST}\r\n`, statuses: [200], seen: [''] },
  {
    name: 'HEAD, then GET',
    send: `HEAD {t} HTTP/1.1\r\n${HOST}\r\n${GET}`,
    statuses: [200, 200],
    seen: ['', ''],
  },
  {
    name: 'other methods',
    send: ['DELETE', 'PUT', 'PATCH', 'OPTIONS']
      .map((m) => `${m} {t} HTTP/1.1\r\n${HOST}Content-Length: 1\r\n\r\nx`)
      .join(''),
    statuses: [200, 200, 200, 200],
    seen: ['x', 'x', 'x', 'x'],
  },
];

export const REQUEST_CASES: readonly RequestCase[] = [
  ...FRAMING,
  ...SMUGGLING,
  ...BAD_CHUNKS,
  ...LINES,
  ...HEADS,
  ...FLOW,
];
