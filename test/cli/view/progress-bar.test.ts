import { describe, expect, it } from 'vitest';
import { makePrinter } from '../../../src/cli/print.ts';
import { makeProgressBar, progressText } from '../../../src/cli/view/progress-bar.ts';

describe('progressText', () => {
  it('says how far, how fast and how long still', () => {
    expect(progressText(10e6, 40e6, 2_000)).toBe(
      '[########----------------------]   25 %  10.0 MB of 40.0 MB  5.0 MB/s  6.0s left',
    );
  });

  it('promises nothing before it has seen anything', () => {
    expect(progressText(0, 40e6, 9_000)).not.toContain('left');
    expect(progressText(10e6, 40e6, 100)).not.toContain('/s');
  });

  it('is never more than full', () => {
    expect(progressText(50, 40, 1_000)).toContain(`[${'#'.repeat(30)}]  100 %`);
  });
});

describe('the bar', () => {
  const drawn = (isTTY: boolean): string => {
    const said: string[] = [];
    const stderr = {
      isTTY,
      write: (data: unknown) => said.push(String(data)),
      on: () => undefined,
    };
    const stdout = { ...stderr, write: () => expect.unreachable('stdout is for the result') };
    const print = makePrinter({
      stdout,
      stderr,
      env: {},
      noColor: true,
      onClosedPipe: () => undefined,
    });
    const bar = makeProgressBar(print, () => 0);
    bar.show({ doneBytes: 1, totalBytes: 2 });
    bar.clear();
    return said.join('');
  };

  it('is drawn over itself on a terminal, and leaves nothing', () => {
    const clear = '\r\u001b[K';
    const [before, drawing = '', after] = drawn(true).split(clear);
    expect([before, after]).toEqual(['', '']);
    expect(drawing).toContain(`[${'#'.repeat(15)}${'-'.repeat(15)}]`);
  });

  it('is not drawn where nobody watches', () => {
    expect(drawn(false)).toBe('');
  });
});
