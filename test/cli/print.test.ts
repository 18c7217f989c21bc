import { describe, expect, it } from 'vitest';
import {
  makePrinter,
  type OutputStream,
  type PrinterOptions,
  safeJson,
} from '../../src/cli/print.ts';

function capture(isTTY: boolean) {
  const written: string[] = [];
  const listeners: ((error: Error) => void)[] = [];
  const stream: OutputStream = {
    isTTY,
    columns: 70,
    write: (text) => written.push(String(text)),
    on: (_event, listener) => listeners.push(listener),
  };
  const breakPipe = () => {
    for (const listener of listeners) listener(new Error('EPIPE'));
  };
  return { stream, written, breakPipe };
}

function printer(isTTY: boolean, env: PrinterOptions['env'] = {}, noColor = false) {
  const out = capture(isTTY);
  let closed = 0;
  const print = makePrinter({
    stdout: out.stream,
    stderr: capture(false).stream,
    env,
    noColor,
    onClosedPipe: () => {
      closed += 1;
    },
  });
  return { print, out, closed: () => closed };
}

describe('colours', () => {
  const isColoured = (...given: Parameters<typeof printer>) =>
    printer(...given).print.style.good('x') !== 'x';

  it.each([
    [true, {}, false, true],
    [false, {}, false, false],
    [true, { NO_COLOR: '1' }, false, false],
    [true, { NO_COLOR: '' }, false, true],
    [false, { FORCE_COLOR: '1' }, false, true],
    [true, { FORCE_COLOR: '0' }, false, false],
    [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, false, false],
    [true, { FORCE_COLOR: '1' }, true, false],
    [true, { TERM: 'dumb' }, false, false],
  ])('terminal %s, %j, --no-color %s → %s', (isTTY, env, noColor, expected) => {
    expect(isColoured(isTTY, env, noColor)).toBe(expected);
  });

  it('a match is marked without colours, too', () => {
    expect(printer(false).print.style.mark('x')).toBe('«x»');
  });
});

it('the width is the terminal’s; a pipe has none', () => {
  expect(printer(true).print.columns).toBe(70);
  expect(printer(false).print.columns).toBe(Number.POSITIVE_INFINITY);
});

it('a closed pipe ends the program quietly, but not a server', () => {
  const { print, out, closed } = printer(false);
  out.breakPipe();
  expect(closed()).toBe(1);
  print.surviveClosedPipe();
  out.breakPipe();
  expect(closed()).toBe(1);
});

it('JSON carries no character that a terminal obeys, and stays the same value', () => {
  const value = { text: 'a\u001b[2J\u009b\u202e\u2066\u007f\nb漢' };
  const json = safeJson(value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: -- their absence is the point
  expect(json.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e\u2066]/);
  expect(JSON.parse(json)).toEqual(value);
});
