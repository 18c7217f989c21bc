// docs/MIGRATING.md names no key, variable, metric or command that is not there.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { makeCatalogue } from '../../src/metrics/catalogue.ts';
import { keyRows, otherVariables, programShape, runnable } from '../helpers/reference.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/MIGRATING.md'), 'utf8');

/** What stands between backticks in the right column of a section's table. */
function named(title: string): string[] {
  const section = text.split(/^## /m).find((part) => part.startsWith(title)) ?? '';
  const cells = section.split('\n').flatMap((line) => {
    const columns = line.split(' | ');
    return line.startsWith('|') && columns.length === 2 ? [columns[1] ?? ''] : [];
  });
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''));
}

describe('docs/MIGRATING.md', () => {
  it('keys', () => {
    const keys = keyRows().map(({ key }) => key);
    const wanted = named('Configuration keys').filter((name) => /^[a-z_]+(\.[\w*]+)+$/.test(name));
    expect(wanted.length).toBeGreaterThan(25);
    expect(wanted.filter((name) => !keys.includes(name))).toEqual([]);
  });

  it('variables', () => {
    const known = [...otherVariables(), ...keyRows().flatMap(({ variables }) => variables)];
    const wanted = [...text.matchAll(/`((?:LUNAROUTE|OPENAI|ANTHROPIC)_[A-Z_]+)`/g)]
      .map((match) => match[1] ?? '')
      .filter((name) => !name.endsWith('BASE_URL'));
    expect(wanted.length).toBeGreaterThan(20);
    expect(wanted.filter((name) => !known.includes(name))).toEqual([]);
    const without = [...text.matchAll(/[ \n](LUNAROUTE_[A-Z_]+)/g)].map((match) => match[1] ?? '');
    expect(without).toContain('LUNAROUTE_BOOTSTRAP');
    expect(without.filter((name) => known.includes(name))).toEqual([]);
  });

  it('metrics', async () => {
    const registry = new Registry();
    makeCatalogue(registry);
    const known = (await registry.getMetricsAsJSON()).map(({ name }) => name);
    const wanted = [
      ...named('Metrics'),
      ...(/^New: [^|]*/m.exec(text)?.[0].match(/lunaroute_\w+/g) ?? []),
    ];
    expect(wanted.length).toBeGreaterThan(25);
    expect(wanted.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('commands', () => {
    const known = runnable(programShape()).map(({ path }) => path.join(' '));
    const wanted = named('Commands').flatMap((name) => /^lunaroute ([a-z]+)/.exec(name)?.[1] ?? []);
    expect(wanted).toContain('stop');
    expect(wanted.filter((name) => !known.includes(name))).toEqual([]);
  });
});
