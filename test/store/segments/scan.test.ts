import { describe, expect, it } from 'vitest';
import { scan, scanStrings } from '../../../src/store/segments/scan.ts';

const long = 'x'.repeat(600);

function scanText(text: string) {
  const bytes = Buffer.from(text);
  const layout = scan(bytes);
  const show = (range: { start: number; end: number }) =>
    bytes.subarray(range.start, range.end).toString();
  return {
    spans: layout.spans.map((span) => [span.property, span.kind, show(span)]),
    strings: layout.spans.flatMap((span) =>
      span.piece.strings.map(({ start, end }) =>
        show({ start: start + span.start, end: end + span.start }),
      ),
    ),
    short: layout.shortStrings.map((one) => [one.property, show(one)]),
  };
}

describe('scan', () => {
  it('finds the elements of top-level arrays, whatever white space stands between', () => {
    expect(scanText('{ "messages" : [ {"a":[1,{}]} ,\n "b" ] , "n":1 }').spans).toEqual([
      ['messages', 'element', '{"a":[1,{}]}'],
      ['messages', 'element', '"b"'],
    ]);
  });

  it('leaves numbers and literals in arrays where they are', () => {
    expect(scanText('{"input":[1,2,null,true],"x":[]}').spans).toEqual([]);
  });

  it('finds long values and, inside pieces, long strings with their escapes', () => {
    const text = String.raw`{"system":"${long}\"]}","messages":[{"t":"\\","u":"${long}\\"}]}`;
    const found = scanText(text);
    expect(found.spans.map((span) => span.slice(0, 2))).toEqual([
      ['system', 'value'],
      ['messages', 'element'],
    ]);
    expect(found.strings).toEqual([String.raw`"${long}\\"`]);
  });

  it('tells the short strings of top-level properties', () => {
    expect(scanText('{"model":"m","input":"hi","n":{"input":"no"}}').short).toEqual([
      ['model', '"m"'],
      ['input', '"hi"'],
    ]);
  });

  it.each([
    '',
    ' ',
    '[]',
    'null',
    '{',
    '{"a"',
    '{"a":',
    '{"a":[',
    '{"a":[,',
    '{"a":[{"b',
    '{"a":"\\',
  ])('ends on %j', (text) => {
    expect(() => scanText(text)).not.toThrow();
  });

  it('does not recurse: JSON 100,000 deep is one element', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(scanText(`{"messages":[${deep}]}`).spans).toEqual([['messages', 'element', deep]]);
  });

  it('finds the long strings of any value', () => {
    expect(scanStrings(Buffer.from(JSON.stringify([{ text: long }])))).toHaveLength(1);
  });
});
