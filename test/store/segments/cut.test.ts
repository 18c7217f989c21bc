// What is reused from the body before must not show: the same layout and value as for the body alone.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/store/recorder/content-coding.ts';
import { type Cut, cut } from '../../../src/store/segments/cut.ts';
import { Cutter } from '../../../src/store/segments/cutter.ts';
import { scan } from '../../../src/store/segments/scan.ts';

const long = 'x'.repeat(600);
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ minLength: 500, maxLength: 530, unit: 'grapheme' }),
  fc.constantFrom(long, `${long}"`, '\\', '"]}', '\u{1f600}', '\ud800'),
);
const element = fc.oneof(
  text,
  fc.integer(),
  fc.constant(null),
  fc.record({ role: fc.constantFrom('user', 'assistant'), content: text }),
  fc.array(fc.oneof(text, fc.integer()), { maxLength: 3 }),
);
const body = fc.dictionary(
  fc.constantFrom('messages', 'system', 'tools', 'model', '__proto__', 'a"b', 'é'),
  fc.oneof(fc.array(element, { maxLength: 8 }), text, fc.integer(), element),
  { maxKeys: 5 },
);

type Edit = { readonly at: number; readonly drop: number; readonly put: string };
const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(),
  drop: fc.constantFrom(0, 0, 1, 2, 50, 700),
  put: fc.oneof(
    fc.constantFrom('', ',', '"', '{}', '[]', ',{"a":1}', '}', ']', '\\', 'null', '1', ' '),
    element.map((value) => `,${JSON.stringify(value)}`),
    fc.constant(JSON.stringify(long)),
  ),
});

function edited(bytes: Buffer, { at, drop, put }: Edit): Buffer {
  const place = at % (bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, place), Buffer.from(put), bytes.subarray(place + drop)]);
}

/** What a cut says, without the identity of its pieces. */
function told({ spans, shortStrings, names, bytes, json }: Cut) {
  const told = spans.map(({ piece, start, end, ...span }) => ({
    ...span,
    start,
    end,
    strings: piece.strings,
    digest: piece.digest(bytes.subarray(start, end)),
  }));
  return { spans: told, shortStrings, names, json };
}

describe('cut', () => {
  it('gives the value that JSON.parse gives for the whole', () => {
    fc.assert(
      fc.property(body, fc.array(edit, { maxLength: 3 }), fc.boolean(), (value, edits, spaced) => {
        const json = Buffer.from(JSON.stringify(value, null, spaced ? 1 : 0));
        const bytes = edits.reduce(edited, json);
        expect(cut(bytes).json).toStrictEqual(parseJson(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    '{"a":[{}],"a":[null]}',
    '{"a":[{}],"\\u0061":[null]}',
    '{"__proto__":[{}]}',
    '{"a":["x""y"]}',
    '{"a":[{}{}]}',
    '{"a":[{}1]}',
    '{"a":[1{}]}',
    '{"a":[{},]}',
    '{"a":[{}]}x',
    '{"a":[{} ,\t[1] , "b", 2 ]}',
    '{"a":[[}]}',
    '\ufeff{"a":[{}]}',
  ])('judges %j as JSON.parse does', (text) => {
    const bytes = Buffer.from(text);
    expect(cut(bytes).json).toStrictEqual(parseJson(bytes));
  });

  it('reads bytes that are no UTF-8 as the whole is read', () => {
    const odd = Buffer.from([0xe2, 0x82, 0xff, 0x80, 0xf0, 0x9f]);
    const bytes = Buffer.concat([
      Buffer.from('{"messages":[{"a":"'),
      odd,
      Buffer.from('"},"'),
      odd,
      Buffer.from('"]}'),
    ]);
    expect(cut(bytes).json).toStrictEqual(parseJson(bytes));
  });
});

describe('Cutter', () => {
  it('gives what the body alone gives, whatever came before', () => {
    fc.assert(
      fc.property(
        body,
        fc.array(fc.tuple(edit, fc.constantFrom('one', 'two'), fc.boolean()), { maxLength: 12 }),
        (value, steps) => {
          const cutter = new Cutter();
          let bytes: Buffer = Buffer.from(JSON.stringify(value));
          cutter.cut(bytes, 'one');
          for (const [change, owner, isBack] of steps) {
            const next = edited(bytes, change);
            const made = cutter.cut(next, owner);
            expect(told(made)).toStrictEqual(told(cut(next)));
            expect(scan(next).spans).toHaveLength(made.spans.length);
            if (!isBack) bytes = next;
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('knows the pieces of a growing conversation again, before and behind what is new', () => {
    const cutter = new Cutter();
    const ask = (count: number) =>
      cutter.cut(
        Buffer.from(
          JSON.stringify({
            messages: Array.from({ length: count }, (_, index) => ({ index })),
            tools: [{ name: 'a' }, { name: 'b' }],
          }),
        ),
        'one',
      );
    const first = ask(3);
    const second = ask(4);
    expect(
      second.spans.map(({ piece }) => first.spans.findIndex((span) => span.piece === piece)),
    ).toEqual([0, 1, 2, -1, 3, 4]);
    const [a, b] = [first, second].map(({ json }) => new Map(Object.entries(json as object)));
    expect(b?.get('tools')).toBe(a?.get('tools'));
    expect(b?.get('messages')).not.toBe(a?.get('messages'));
  });

  it('does not take a number that goes on for the number before', () => {
    const digits = '1'.repeat(600);
    const cutter = new Cutter();
    for (const number of [digits, `${digits}2`, digits]) {
      const bytes = Buffer.from(`{"n":${number},"messages":[{}]}`);
      expect(told(cutter.cut(bytes, 'one'))).toStrictEqual(told(cut(bytes)));
    }
  });

  it('keeps a conversation while helper calls of the same client come between', () => {
    const cutter = new Cutter();
    const talk = Buffer.from(JSON.stringify({ messages: [{ a: long }, { b: long }] }));
    const first = cutter.cut(talk, 'one');
    for (let index = 0; index < 3; index += 1) {
      cutter.cut(Buffer.from(JSON.stringify({ tools: [{ title: index }] })), 'one');
    }
    expect(cutter.cut(talk, 'one').spans[0]?.piece).toBe(first.spans[0]?.piece);
  });

  it('forgets the oldest beyond its bound', () => {
    const cutter = new Cutter();
    const big = Buffer.from(JSON.stringify({ messages: [{ a: 'x'.repeat(3_900_000) }] }));
    const first = cutter.cut(big, 'one');
    expect(cutter.cut(big, 'one').spans[0]?.piece).toBe(first.spans[0]?.piece);
    cutter.cut(big, 'two');
    cutter.cut(big, 'three');
    expect(cutter.cut(big, 'one').spans[0]?.piece).not.toBe(first.spans[0]?.piece);
  });
});
