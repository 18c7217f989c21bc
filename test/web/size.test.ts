// What a browser loads: all of it built into the package, little of it at once.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const WEB = join(import.meta.dirname, '../../dist/web');
const MAX_GZIPPED = 300_000;

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
}
const manifest: Record<string, Chunk> = JSON.parse(
  readFileSync(join(WEB, '.vite/manifest.json'), 'utf8'),
);

/** A chunk and all that it loads with it. */
function filesOf(name: string, found = new Set<string>()): Set<string> {
  const chunk = manifest[name];
  if (chunk === undefined || found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const other of chunk.imports ?? []) filesOf(other, found);
  return found;
}

function gzipped(files: Iterable<string>): number {
  return [...files]
    .map((file) => gzipSync(readFileSync(join(WEB, file))).length)
    .reduce((sum, bytes) => sum + bytes, 0);
}

test('no page loads more than 300 kB of JavaScript, gzipped', () => {
  const entry = Object.keys(manifest).find((name) => manifest[name]?.isEntry) ?? '';
  const first = filesOf(entry);
  const pages = manifest[entry]?.dynamicImports ?? [];
  expect(pages.length).toBeGreaterThanOrEqual(5);
  expect(gzipped(first)).toBeGreaterThan(50_000);
  expect(gzipped(first)).toBeLessThan(MAX_GZIPPED);
  for (const page of pages) {
    expect(gzipped(filesOf(page, new Set(first))), page).toBeLessThan(MAX_GZIPPED);
  }
});

test('the page holds no inline script or style, and names no other server', () => {
  const html = readFileSync(join(WEB, 'index.html'), 'utf8');
  expect(html).not.toMatch(/<style|<script[^>]*>[^<]|\son\w+=|style=|https?:/);
  const styles = readdirSync(join(WEB, 'assets')).filter((name) => name.endsWith('.css'));
  expect(styles.length).toBeGreaterThan(0);
  for (const name of styles) {
    expect(readFileSync(join(WEB, 'assets', name), 'utf8')).not.toMatch(/url\(|@import/);
  }
});
