import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type InputEvent, KeyReader } from '../../src/tui/input/key-reader.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function read(...chunks: string[]): InputEvent[] {
  const events: InputEvent[] = [];
  const reader = new KeyReader((event) => events.push(event));
  for (const chunk of chunks) reader.push(chunk);
  vi.runAllTimers();
  return events;
}

const keys = (...chunks: string[]): string[] =>
  read(...chunks).map((event) => (event.type === 'key' ? event.key : event.type));

describe('keys', () => {
  it('are told apart in one chunk, wide characters whole', () => {
    expect(keys('gjj漢\r')).toEqual(['g', 'j', 'j', '漢', 'enter']);
  });

  it.each([
    ['\u001b[A', 'up'],
    ['\u001bOB', 'down'],
    ['\u001b[5~', 'pageup'],
    ['\u001b[1;5C', 'right'],
    ['\u001b[Z', 'shift-tab'],
    ['\u0003', 'ctrl-c'],
    ['\u001a', 'ctrl-z'],
    ['\u007f', 'backspace'],
    ['\u001b', 'esc'],
  ])('%j is %s', (sent, key) => {
    expect(keys(sent)).toEqual([key]);
  });

  it('a sequence in two chunks is one key; what only begins like one is Escape', () => {
    expect(keys('\u001b', '[B')).toEqual(['down']);
    expect(keys('\u001b\u001b[B')).toEqual(['esc', 'down']);
    expect(keys('\u001bq')).toEqual(['esc', 'q']);
  });

  it('unknown sequences and answers of the terminal are no typed text', () => {
    expect(keys('\u001b[?62;1;4c', '\u001b]11;rgb:0000/0000/0000\u001b\\', 'x')).toEqual(['x']);
  });

  it('reads the mouse and pasted text as one event each', () => {
    expect(read('\u001b[<64;10;5M\u001b[<0;3;4M\u001b[<0;3;4m')).toEqual([
      { type: 'wheel', delta: -1 },
      { type: 'click', column: 2, row: 3 },
    ]);
    expect(read('\u001b[200~two\nli', 'nes\u001b[201~k')).toEqual([
      { type: 'paste', text: 'two\nlines' },
      { type: 'key', key: 'k' },
    ]);
  });

  it('any split of the same bytes gives the same keys', () => {
    const text = '\u001b[Ajk\u001b[6~漢\u001b[<64;1;1M\u001b[200~x\u001b[201~q';
    fc.assert(
      fc.property(fc.integer({ min: 1, max: text.length - 1 }), (at) => {
        expect(read(text.slice(0, at), text.slice(at))).toEqual(read(text));
      }),
    );
  });
});
