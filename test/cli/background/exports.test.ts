import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evalLine, exportLine, guessShell, SHELLS } from '../../../src/cli/background/exports.ts';

describe('exports', () => {
  it('in each shell’s own words', () => {
    expect(SHELLS.map((shell) => exportLine(shell, 'A', 'http://h:1/v1'))).toEqual([
      'export A=http://h:1/v1;',
      'export A=http://h:1/v1;',
      'set -gx A http://h:1/v1;',
      "$env:A = 'http://h:1/v1';",
    ]);
  });

  it('a value never becomes code: bash gives back exactly what went in', () => {
    const value = fc.string({ maxLength: 20 }).filter((text) => !text.includes('\0'));
    const nasty = fc.constantFrom(
      "'; touch x; '",
      '$(id)',
      '`id`',
      '\\',
      '[::1]',
      '"',
      'a\nb',
      '*',
      "''",
    );
    fc.assert(
      fc.property(fc.oneof(value, nasty), (text) => {
        const script = `${exportLine('bash', 'A', text)} printf %s "$A"`;
        expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe(text);
      }),
      { numRuns: 30 },
    );
  });

  it('quotes in fish and PowerShell', () => {
    expect(exportLine('fish', 'A', "a'b\\c")).toBe("set -gx A 'a\\'b\\\\c';");
    expect(exportLine('powershell', 'A', "a'b")).toBe("$env:A = 'a''b';");
  });

  it.each([
    ['/usr/bin/fish', 'linux', 'fish'],
    ['/bin/zsh', 'darwin', 'zsh'],
    ['/bin/sh', 'linux', 'bash'],
    ['/usr/bin/pwsh', 'linux', 'powershell'],
    [undefined, 'linux', 'bash'],
    [undefined, 'win32', 'powershell'],
    ['C:\\tools\\bash', 'win32', 'bash'],
  ])('SHELL=%s on %s is %s', (shell, platform, expected) => {
    expect(guessShell(shell, platform)).toBe(expected);
  });

  it('says how to use them', () => {
    expect(evalLine('bash', 'x')).toBe('eval "$(x)"');
    expect(evalLine('fish', 'x')).toBe('x | source');
  });
});
