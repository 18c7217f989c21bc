// What comes from others: pinned and with its checksum, nothing of it runs while it is installed,
// every licence known and compatible, all of it in the list of parts; in the long form no known hole.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { report, sized } from '../helpers/hard.ts';

const ROOT = join(import.meta.dirname, '../..');
/** May be passed on inside a program under Apache-2.0 with their texts alone. */
const SHIPPED =
  /^(MIT|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD|Unlicense|CC0-1\.0|BlueOak-1\.0\.0|\(?MIT OR [\w.-]+\)?)$/;
/** Tools that are used and not passed on may also ask for their own source to stay open. */
const USED = /^(MPL-2\.0|CC-BY-4\.0|Python-2\.0|\(?[\w.-]+ OR MIT\)?)$/;

interface Part {
  readonly version: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly allowScripts: Record<string, boolean>;
}

/** What was not done says so. */
const facts: Record<string, number | string> = { 'npm audit': 'not checked in the short form' };
afterAll(() => report('supply chain', facts));

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  readonly lockfileVersion: number;
  readonly packages: Record<string, Part>;
};
/** Packages of others, by their place; what is this repository's own is left out. */
const parts = Object.entries(lock.packages).filter(
  ([place, { link }]) => place.startsWith('node_modules/') && link !== true,
);

/** `name version (licence)` of what esbuild took into the bundle. */
function bundled(): { name: string; licence: string }[] {
  const notices = readFileSync(join(ROOT, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
  return [...notices.matchAll(/^((?:@[\w.-]+\/)?[\w.-]+) \d+\.\d+\.\d+\S* \((.+)\)$/gm)].map(
    ([, name = '', licence = '']) => ({ name, licence }),
  );
}

it('every package has an exact version and a checksum, from the registry', () => {
  const wanted = { ...manifest.dependencies, ...manifest.devDependencies };
  const loose = Object.entries(wanted).filter(([, range]) => !/^(\d+\.\d+\.\d+|file:)/.test(range));
  const unchecked = parts.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'));
  const elsewhere = parts.filter(([, { resolved }]) => {
    return resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/');
  });
  expect([loose, unchecked, elsewhere]).toEqual([[], [], []]);
  expect(lock.lockfileVersion).toBe(3);
  expect(parts.length).toBeGreaterThan(100);
  facts['packages in the lock file'] = parts.length;
});

it('nothing that is installed to run LunaRoute runs a script then', () => {
  const scripted = parts.filter(([, part]) => part.hasInstallScript === true);
  expect(scripted.filter(([, { dev }]) => dev !== true)).toEqual([]);
  // Tools whose scripts are switched off: tests run on what is installed without them.
  const names = scripted.map(([place]) => place.replace(/^.*node_modules\//, ''));
  expect(names.filter((name) => manifest.allowScripts[name] !== false)).toEqual([]);
  facts['install scripts of what is shipped'] = 0;
  facts['of tools, switched off'] = scripted.length;
});

it('every licence is known, and what is passed on may be', () => {
  const inBundle = bundled();
  const installed = parts.filter(([, { dev }]) => dev !== true);
  const shipped = [
    ...inBundle,
    ...installed.map(([name, { license }]) => ({ name, licence: license ?? 'none' })),
  ];
  expect(shipped.filter(({ licence }) => !SHIPPED.test(licence))).toEqual([]);
  const used = parts.filter(
    ([, { license = 'none' }]) => !SHIPPED.test(license) && !USED.test(license),
  );
  expect(used).toEqual([]);
  expect(inBundle.length).toBeGreaterThan(10);
  expect(readFileSync(join(ROOT, 'LICENSE'), 'utf8')).toContain('Apache License');
  facts['licences of packages in the bundle'] = inBundle.length;
  facts['of packages beside it'] = installed.length;
  facts['of tools'] = parts.length - installed.length;
  facts['unknown or not compatible'] = 0;
});

it.runIf(sized(0, 1) === 1)('the list of parts names every package with its licence', () => {
  const text = execFileSync('npm', ['run', '--silent', 'sbom'], { cwd: ROOT, encoding: 'utf8' });
  const { components } = JSON.parse(text) as {
    components: { name: string; licenses?: unknown[] }[];
  };
  const named = new Set(components.map(({ name }) => name));
  expect(bundled().filter(({ name }) => !named.has(name))).toEqual([]);
  const own = '@lunaroute/dev-node';
  expect(components.filter(({ name, licenses }) => name !== own && !licenses?.length)).toEqual([]);
  facts['packages in the list of parts'] = components.length;
});

// Asks the registry, and its answer changes without us: not part of npm test.
it.runIf(sized(0, 1) === 1)('npm audit knows of no hole', (context) => {
  const { stdout } = spawnSync('npm', ['audit', '--json'], { cwd: ROOT, encoding: 'utf8' });
  const { metadata, message } = JSON.parse(stdout) as {
    metadata?: { vulnerabilities: { total: number } };
    message?: string;
  };
  if (metadata === undefined) {
    facts['npm audit'] = `NOT CHECKED HERE (${(message ?? 'no answer').slice(0, 22)})`;
    context.skip(`the registry does not answer npm audit: ${message}`);
  }
  facts['npm audit'] = `${metadata?.vulnerabilities.total} known holes`;
  expect(metadata?.vulnerabilities.total).toBe(0);
});
