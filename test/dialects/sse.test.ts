import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type SseEvent, SseReader } from '../../src/dialects/sse.ts';
import { cutAt } from './assemble.ts';

const encoder = new TextEncoder();

function read(pieces: readonly Uint8Array[], reader = new SseReader()): SseEvent[] {
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
}

test('names, comments, several data lines and a byte order mark', () => {
  const text =
    '\ufeff: hello\nevent: a\ndata: 1\ndata: 2\n\nid: 7\nretry: 10\ndata:x\n\nevent: b\n\n';
  expect(read([encoder.encode(text)])).toEqual([
    { event: 'a', data: '1\n2' },
    { event: '', data: 'x' },
  ]);
});

test('any bytes, split anywhere, give the same events', () => {
  const line = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 8 }).map((text) => `data: ${text}`),
    fc.constantFrom('', '', 'event: é', ':', 'data', 'dat', 'id: 1', '\ufeff'),
  );
  const stream = fc
    .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 20 })
    .map((lines) => encoder.encode(lines.flat().join('')));
  const invalid = fc.uint8Array({ maxLength: 6 });
  fc.assert(
    fc.property(stream, invalid, fc.array(fc.nat(), { maxLength: 8 }), (valid, tail, offsets) => {
      const bytes = Uint8Array.of(...valid, ...tail);
      const whole = read([bytes]);
      expect(read(cutAt(bytes, offsets))).toEqual(whole);
      expect(read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
    }),
    { numRuns: 300 },
  );
});

test('a last event without its blank line is read at the end of the body', () => {
  expect(read([encoder.encode('data: 1\n\ndata: [DONE]')])).toEqual([
    { event: '', data: '1' },
    { event: '', data: '[DONE]' },
  ]);
});

test('an event beyond the bound is reported and reading stops', () => {
  const reader = new SseReader(1_000);
  expect(reader.push(encoder.encode('data: ok\n\n'))).toHaveLength(1);
  for (let sent = 0; sent < 20; sent += 1) reader.push(encoder.encode(`data: ${'x'.repeat(90)}`));
  expect(reader.isOverflowed).toBe(true);
  expect(reader.push(encoder.encode('\n\ndata: late\n\n'))).toEqual([]);
  expect(reader.end()).toEqual([]);
});
