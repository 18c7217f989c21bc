import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeRawHeaders,
  hasBody,
  headerMap,
  requestHeaders,
  responseHead,
  wireStatusText,
} from '../../src/proxy/headers.ts';

const HOP = ['Connection', 'Keep-Alive', 'Transfer-Encoding', 'TE', 'Upgrade', 'Proxy-Connection'];

const endToEnd = fc.array(
  fc.tuple(
    fc.constantFrom('X-A', 'x-a', 'X-a', 'Accept', 'cookie', 'Set-Cookie', 'anthropic-beta'),
    fc.string({ maxLength: 20 }),
  ),
);
const hopByHop = fc.array(fc.tuple(fc.constantFrom(...HOP), fc.constant('close')));

test('order, case, duplicates and values of end-to-end headers survive both ways', () => {
  fc.assert(
    fc.property(endToEnd, hopByHop, fc.infiniteStream(fc.boolean()), (kept, dropped, coin) => {
      const queue = [...dropped];
      const mixed = kept.flatMap((pair) => {
        const other = coin.next().value === true ? queue.shift() : undefined;
        return other === undefined ? pair : [...other, ...pair];
      });
      expect(requestHeaders(mixed, headerMap(mixed))).toEqual(kept.flat());
      expect(responseHead(mixed, true).headers).toEqual(kept.flat());
    }),
  );
});

test('headers that Connection names are dropped, in any case and over several lines', () => {
  const raw = [
    'Connection',
    'keep-alive, X-Hop',
    'connection',
    'x-OTHER',
    'x-hop',
    '1',
    'X-Other',
    '2',
    'X-Kept',
    '3',
  ];
  expect(requestHeaders(raw, headerMap(raw))).toEqual(['X-Kept', '3']);
  expect(responseHead(raw, true).headers).toEqual(['X-Kept', '3']);
});

test('the upstream request leaves Host, Content-Length and Expect to its own connection', () => {
  const raw = ['Host', 'localhost:8081', 'Content-Length', '3', 'Expect', '100-continue', 'A', 'b'];
  expect(requestHeaders(raw, headerMap(raw))).toEqual(['A', 'b']);
});

test('Trailer goes to the client only where trailers can follow', () => {
  const chunked = ['Trailer', 'x-sum', 'Transfer-Encoding', 'chunked'];
  expect(responseHead(chunked, true).headers).toEqual(['Trailer', 'x-sum']);
  expect(responseHead(chunked, false).headers).toEqual([]);
  expect(responseHead(['Trailer', 'x-sum', 'Content-Length', '1'], true).headers).toEqual([
    'Content-Length',
    '1',
  ]);
});

test.each([
  [['Content-Type', 'text/plain'], false, false],
  [['content-LENGTH', '0'], true, true],
  [['Transfer-Encoding', 'chunked'], true, false],
])('how the end of a body is known: %j', (raw, isDelimited, hasLength) => {
  expect(responseHead(raw, true)).toMatchObject({ isDelimited, hasLength });
});

test('bytes of header values survive in latin1', () => {
  const bytes = Buffer.from([0x78, 0xc3, 0xa9, 0xff]);
  const [, value] = decodeRawHeaders([Buffer.from('X-A'), bytes]);
  expect(Buffer.from(value ?? '', 'latin1')).toEqual(bytes);
});

test('a reason phrase in UTF-8 goes out as the bytes that came', () => {
  expect(wireStatusText('OK')).toBe('OK');
  expect(Buffer.from(wireStatusText('Déjà'), 'latin1').toString('utf8')).toBe('Déjà');
  expect(wireStatusText(undefined)).toBe('');
});

test('only a length above 0 or a transfer coding announces a body', () => {
  expect(hasBody(headerMap([]))).toBe(false);
  expect(hasBody(headerMap(['Content-Length', '0']))).toBe(false);
  expect(hasBody(headerMap(['content-length', '7']))).toBe(true);
  expect(hasBody(headerMap(['Transfer-Encoding', 'chunked']))).toBe(true);
});
