import { Socket } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ContinueFilter } from '../../src/proxy/continue-filter.ts';

const CONTINUE = 'HTTP/1.1 100 Continue\r\nX: y\r\n\r\n';
const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\nHTTP/1.1 100 Continue';

/** All that passes of the pieces. */
function passed(pieces: readonly string[]): string {
  const filter = new ContinueFilter(new Socket());
  let isAtStart = true;
  let text = '';
  for (const piece of pieces) {
    const bytes = isAtStart ? filter.take(Buffer.from(piece)) : Buffer.from(piece);
    if (bytes !== null) isAtStart = false;
    text += bytes?.toString() ?? '';
  }
  return text;
}

function cut(text: string, places: readonly number[]): string[] {
  const ends = [...places].sort((a, b) => a - b).map((place) => place % text.length);
  const marks = [0, ...ends.sort((a, b) => a - b), text.length];
  return marks.slice(1).map((end, index) => text.slice(marks[index], end));
}

test('any number of 100 Continue, in any pieces, goes; the answer stays', () => {
  fc.assert(
    fc.property(fc.nat({ max: 3 }), fc.array(fc.nat(), { maxLength: 12 }), (times, places) => {
      const text = CONTINUE.repeat(times) + ANSWER;
      expect(passed(cut(text, places).filter((piece) => piece !== ''))).toBe(ANSWER);
    }),
  );
});

test.each(['HTTP/1.1 103 Early', 'HTTP/1.0 200 OK\r\n', 'SSH-2.0', 'HTTP/1.1 1'])(
  '%s is none',
  (text) => {
    expect(passed([text, '\r\n\r\n'])).toBe(`${text}\r\n\r\n`);
  },
);

test('a head without end is let through at 8 kB', () => {
  const text = CONTINUE.slice(0, -4) + 'x'.repeat(9000);
  expect(passed([text])).toBe(text);
});

test('a reason that comes in pieces is passed with its whole line', () => {
  const filter = new ContinueFilter(new Socket());
  const [first = ''] = ANSWER.split(/(?<=OK\r\n)/);
  const passedOn = [...first].map((one) => filter.take(Buffer.from(one))?.toString() ?? null);
  expect(passedOn.filter((bytes) => bytes !== null)).toEqual([first]);
  expect(filter.isHolding).toBe(false);
});

test('an answer of which half a line has come has begun', () => {
  const filter = new ContinueFilter(new Socket());
  expect([filter.take(Buffer.from('HTTP/1.1 200 O')), filter.isHolding]).toEqual([null, true]);
});
