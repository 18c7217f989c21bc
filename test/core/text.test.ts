import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeLine, safeText, truncate } from '../../src/core/text.ts';

/** Controls known to work in xterm, each followed by text that must stay visible. */
const HOSTILE = [
  '\u001b]52;c;ZXZpbA==\u0007',
  '\u001b]0;title\u0007',
  '\u001b]8;;file:///etc/passwd\u001b\\',
  '\u001b[2J\u001b[H',
  '\u001b[?1049h',
  '\u001b[6n',
  '\u001bP+q\u001b\\',
  '\u009b31m',
  '\u009d0;t\u009c',
  '\b\b\b',
  '\r',
  '\u0007',
  '\u0000',
  '\u007f',
  '\u202e',
  '\u2066',
  '\u200b',
  '\ufeff',
];

const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: -- the test looks for control characters
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

describe('safeText', () => {
  it.each(HOSTILE)('neutralises %j and keeps what follows', (evil) => {
    const safe = safeText(`before${evil}after`);
    expect(safe).not.toMatch(UNSAFE);
    expect(safe.startsWith('before')).toBe(true);
    expect(safe.endsWith('after')).toBe(true);
  });

  it('leaves no control character of any text but the newline', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(safeText(text)).not.toMatch(UNSAFE);
        expect(safeLine(text)).not.toMatch(/\n/);
      }),
    );
  });

  it('leaves ordinary text of any script as it is', () => {
    const text = 'Grüße, 漢字 🌙\n  indented';
    expect(safeText(text)).toBe(text);
  });
});

describe('truncate', () => {
  it('never exceeds the width nor leaves half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 20 }), (text, max) => {
        const cut = truncate(text, max);
        expect(cut.length).toBeLessThanOrEqual(max);
        expect(cut.isWellFormed()).toBe(true);
        if (text.length <= max) expect(cut).toBe(text);
      }),
    );
  });
});
